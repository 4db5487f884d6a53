# tenfold_embed(TARGET NAME FILE) puts FILE into TARGET as the bytes from asset_NAME to asset_NAME_end. The assembler copies
# them (.incbin): no generated array, no time to compile.
function(tenfold_embed target name file)
  get_filename_component(file ${file} ABSOLUTE)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.S)
  file(CONFIGURE OUTPUT ${source} CONTENT [[
    .section .rodata
    .global asset_@name@, asset_@name@_end
asset_@name@:
    .incbin "@file@"
asset_@name@_end:
    .byte 0
    .section .note.GNU-stack,"",%progbits
]] @ONLY)
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${file})
  target_sources(${target} PRIVATE ${source})
endfunction()
