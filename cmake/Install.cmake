# Install rules and the CMake package; filled in by the room that owns packaging.
