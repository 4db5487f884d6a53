"use strict";
// Draws one Scatter (tenfold/report/scatter.h) into its figure: colour and shape by group, rings, and under the pointer
// an item's name and picture.
const tenfoldScatter = (() => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.hidden = true;
  const colour = css => { probe.style.color = css; return getComputedStyle(probe).color; };
  const font = size => size + "px " + getComputedStyle(document.body).fontFamily;

  // Six groups have the charts' tones; more share the circle of hues, neighbours differing in lightness too.
  function tone(k, n, ordered) {
    if (ordered && n > 1) return `color-mix(in oklab, var(--s1) ${100 * k / (n - 1)}%, var(--s0))`;
    if (n <= 6) return `var(--s${k})`;
    const light = k % 2 ? [0.5, 0.68] : [0.62, 0.8], hue = 360 * k / n + 20;
    return `light-dark(oklch(${light[0]} 0.16 ${hue}), oklch(${light[1]} 0.14 ${hue}))`;
  }

  function trace(ctx, kind, x, y, r) {
    ctx.beginPath();
    if (kind === 0) ctx.arc(x, y, r, 0, 7);
    if (kind === 1) ctx.rect(x - r * 0.88, y - r * 0.88, r * 1.76, r * 1.76);
    if (kind === 2) { ctx.moveTo(x, y - r * 1.15); ctx.lineTo(x + r * 1.1, y + r * 0.85); ctx.lineTo(x - r * 1.1, y + r * 0.85); ctx.closePath(); }
    if (kind === 3) { ctx.moveTo(x, y - r * 1.25); ctx.lineTo(x + r * 1.25, y); ctx.lineTo(x, y + r * 1.25); ctx.lineTo(x - r * 1.25, y); ctx.closePath(); }
  }

  function ticks(low, high, most) {
    const raw = (high - low) / Math.max(1, most), power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].find(m => m * power >= raw) * power, digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const list = [];
    for (let k = Math.ceil(low / step); k * step <= high; k++) list.push([k * step, (k * step).toFixed(digits)]);
    return list;
  }

  function range(values) {
    let low = Infinity, high = -Infinity;
    for (const v of values) if (v != null) { low = Math.min(low, v); high = Math.max(high, v); }
    if (high < low) return [0, 1];
    const pad = high > low ? 0.04 * (high - low) : Math.max(1e-9, Math.abs(high) * 0.1);
    return [low - pad, high + pad];
  }

  return (figure, data) => {
    const host = figure.querySelector(".plane"), spoken = figure.querySelector(".unseen"), box = figure.querySelector(".legend");
    const sheet = figure.querySelector(".sheet img"), axes = data.x_label !== "" || data.y_label !== "";
    const canvas = host.appendChild(document.createElement("canvas")), ctx = canvas.getContext("2d");
    const select = host.appendChild(document.createElement("div")), tip = host.appendChild(document.createElement("div"));
    select.className = "select"; tip.className = "tip"; select.hidden = tip.hidden = true;
    const thumb = tip.appendChild(document.createElement("canvas")), text = tip.appendChild(document.createElement("div"));
    const n = data.groups.length, shown = data.groups.map(() => true), rings = new Set(data.ringed);
    const both = axes && data.diagonal ? range([...data.x, ...data.y]) : null;
    let view = null, here = null, lit = null, visited = -1, width = 0;

    const whole = () => ({ x: both ?? range(data.x), y: both ?? range(data.y) });
    // What is seen, and how it lies on the canvas. Without axes both directions have one scale.
    function frame() {
      const w = host.clientWidth, h = host.clientHeight, v = view ?? whole();
      const left = axes ? 52 : 8, right = w - (axes ? 14 : 8), top = 8, bottom = h - (axes ? 40 : 8);
      let sx = (right - left) / (v.x[1] - v.x[0]), sy = (bottom - top) / (v.y[1] - v.y[0]);
      if (!axes) sx = sy = Math.min(sx, sy);
      const mx = (left + right) / 2, my = (top + bottom) / 2, cx = (v.x[0] + v.x[1]) / 2, cy = (v.y[0] + v.y[1]) / 2;
      return { w, h, left, right, top, bottom, at: (x, y) => [mx + (x - cx) * sx, my - (y - cy) * sy], from: (x, y) => [cx + (x - mx) / sx, cy - (y - my) / sy] };
    }
    const visible = i => shown[data.group[i]] && data.x[i] != null && data.y[i] != null;
    const radius = () => data.x.length > 800 ? 2.6 : data.x.length > 250 ? 3.4 : 4.4;

    function drawAxes(f) {
      const [x0, y0] = f.from(f.left, f.bottom), [x1, y1] = f.from(f.right, f.top), soft = colour("var(--soft)"), line = colour("var(--line)");
      ctx.font = font(11); ctx.lineWidth = 1; ctx.strokeStyle = line; ctx.fillStyle = soft;
      ctx.textAlign = "center"; ctx.textBaseline = "top";
      for (const [v, name] of ticks(x0, x1, (f.right - f.left) / 80)) {
        const x = Math.round(f.at(v, 0)[0]) + 0.5;
        ctx.beginPath(); ctx.moveTo(x, f.top); ctx.lineTo(x, f.bottom); ctx.stroke();
        ctx.fillText(name, x, f.bottom + 5);
      }
      ctx.textAlign = "right"; ctx.textBaseline = "middle";
      for (const [v, name] of ticks(y0, y1, (f.bottom - f.top) / 45)) {
        const y = Math.round(f.at(0, v)[1]) + 0.5;
        ctx.beginPath(); ctx.moveTo(f.left, y); ctx.lineTo(f.right, y); ctx.stroke();
        ctx.fillText(name, f.left - 6, y);
      }
      ctx.textAlign = "center"; ctx.textBaseline = "bottom";
      ctx.fillText(data.x_label, (f.left + f.right) / 2, f.h - 2);
      ctx.save(); ctx.translate(10, (f.top + f.bottom) / 2); ctx.rotate(-Math.PI / 2); ctx.textBaseline = "middle"; ctx.fillText(data.y_label, 0, 0); ctx.restore();
    }

    function drawDiagonal(f) {
      const [x0, y0] = f.from(f.left, f.bottom), [x1, y1] = f.from(f.right, f.top), low = Math.min(x0, y0), high = Math.max(x1, y1);
      ctx.save(); ctx.beginPath(); ctx.rect(f.left, f.top, f.right - f.left, f.bottom - f.top); ctx.clip();
      ctx.strokeStyle = colour("var(--ink)"); ctx.lineWidth = 1.2; ctx.setLineDash([5, 4]);
      ctx.beginPath(); ctx.moveTo(...f.at(low, low)); ctx.lineTo(...f.at(high, high)); ctx.stroke();
      ctx.restore();
    }

    function draw() {
      const f = frame(), ratio = devicePixelRatio || 1;
      canvas.width = Math.round(f.w * ratio); canvas.height = Math.round(f.h * ratio);
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      if (axes) drawAxes(f);
      ctx.save();
      ctx.beginPath(); ctx.rect(f.left - 8, f.top - 8, f.right - f.left + 16, f.bottom - f.top + 16); ctx.clip();
      const tones = data.groups.map((g, k) => colour(tone(k, n, data.ordered))), surface = colour("var(--surface)"), ink = colour("var(--ink)"), r = radius();
      const one = (i, grown) => {
        const [x, y] = f.at(data.x[i], data.y[i]), g = data.group[i];
        ctx.globalAlpha = lit != null && lit !== g ? 0.12 : 0.85;
        trace(ctx, n > 1 ? g % 4 : 0, x, y, r + grown);
        ctx.fillStyle = tones[g]; ctx.fill();
        ctx.lineWidth = 1; ctx.strokeStyle = surface; ctx.stroke();
        if (!rings.has(i)) return;
        ctx.globalAlpha = lit != null && lit !== g ? 0.2 : 1;
        ctx.beginPath(); ctx.arc(x, y, r + grown + 3, 0, 7); ctx.lineWidth = 1.6; ctx.strokeStyle = ink; ctx.stroke();
      };
      for (let i = 0; i < data.x.length; i++) if (visible(i) && !rings.has(i)) one(i, 0);
      if (data.diagonal) { ctx.globalAlpha = 1; drawDiagonal(f); }
      for (const i of data.ringed) if (visible(i)) one(i, 0);
      if (here != null && visible(here)) one(here, 2);
      ctx.restore();
    }

    function point(i) {
      here = i;
      tip.hidden = i == null;
      draw();
      if (i == null) return;
      const note = data.note[i] ?? "", tile = data.tile_of[i] ?? -1;
      text.replaceChildren();
      for (const [name, words] of [["b", data.name[i]], ["span", note], ["em", rings.has(i) ? data.ring_name : ""]])
        if (words) text.appendChild(document.createElement(name)).textContent = words;
      thumb.hidden = tile < 0 || !sheet;
      if (!thumb.hidden) {
        const size = data.tile, across = Math.max(1, Math.floor(sheet.naturalWidth / size));
        thumb.width = thumb.height = size;
        thumb.getContext("2d").drawImage(sheet, tile % across * size, Math.floor(tile / across) * size, size, size, 0, 0, size, size);
      }
      const f = frame(), [x, y] = f.at(data.x[i], data.y[i]), w = tip.offsetWidth, h = tip.offsetHeight;
      tip.style.left = Math.max(0, Math.min(f.w - w, x + 14 + w > f.w ? x - 14 - w : x + 14)) + "px";
      tip.style.top = Math.max(0, Math.min(f.h - h, y - h / 2)) + "px";
      spoken.textContent = [...text.children].map(part => part.textContent).join(", ");
    }

    function nearest(x, y) {
      const f = frame();
      let best = null, least = 24 * 24;
      for (let i = 0; i < data.x.length; i++) {
        if (!visible(i)) continue;
        const [px, py] = f.at(data.x[i], data.y[i]), d = (px - x) ** 2 + (py - y) ** 2;
        if (d < least) { least = d; best = i; }
      }
      return best;
    }

    let start = null;
    const place = event => { const at = host.getBoundingClientRect(); return [event.clientX - at.left, event.clientY - at.top]; };
    const sides = (a, b) => [Math.min(a, b), Math.max(a, b)];
    host.addEventListener("pointerdown", event => { if (event.pointerType === "mouse" && event.button === 0) start = place(event); else point(nearest(...place(event))); });
    host.addEventListener("pointermove", event => {
      const [x, y] = place(event);
      const drawn = start && Math.hypot(x - start[0], y - start[1]) > 6;
      select.hidden = !drawn;
      if (!drawn) { const i = nearest(x, y); if (i !== here) point(i); return; }
      const [a, b] = sides(start[0], x), [c, d] = sides(start[1], y);
      Object.assign(select.style, { left: a + "px", width: b - a + "px", top: c + "px", height: d - c + "px" });
    });
    addEventListener("pointerup", event => {
      if (!start) return;
      const [x, y] = place(event), f = frame(), [a, b] = [f.from(...start), f.from(x, y)];
      const far = Math.abs(x - start[0]) > 12 && Math.abs(y - start[1]) > 12;
      start = null; select.hidden = true;
      if (!far) return;
      view = { x: sides(a[0], b[0]), y: sides(a[1], b[1]) };
      point(null);
    });
    host.addEventListener("pointerleave", () => { if (!start) point(null); });
    host.addEventListener("dblclick", () => { view = null; point(null); });
    host.addEventListener("keydown", event => {
      const order = data.ringed.length ? data.ringed : data.x.map((x, i) => i), move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") { view = null; return point(null); }
      if (!move) return;
      event.preventDefault();
      for (let k = 0; k < order.length; k++) {
        visited = (visited + move + order.length) % order.length;
        if (visible(order[visited])) return point(order[visited]);
      }
    });

    if (n > 1) data.groups.forEach((name, g) => {
      const key = box.appendChild(document.createElement("button")), mark = key.appendChild(document.createElement("i"));
      mark.className = "mark m" + g % 4;
      mark.style.background = tone(g, n, data.ordered);
      key.append(name);
      key.type = "button";
      key.setAttribute("aria-pressed", "true");
      key.addEventListener("click", () => { shown[g] = !shown[g]; key.setAttribute("aria-pressed", String(shown[g])); lit = null; point(null); });
      for (const [event, group] of [["pointerenter", g], ["pointerleave", null], ["focus", g], ["blur", null]])
        key.addEventListener(event, () => { lit = group != null && shown[g] ? group : null; draw(); });
    });
    if (rings.size) {
      const key = box.appendChild(document.createElement("span"));
      key.appendChild(document.createElement("i")).className = "mark ring";
      key.append(data.ring_name + " (" + rings.size + ")");
    }
    new ResizeObserver(() => { if (host.clientWidth && host.clientWidth !== width) { width = host.clientWidth; draw(); } }).observe(host);
    draw();
    return draw;
  };
})();
