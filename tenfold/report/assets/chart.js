"use strict";
// Draws one Chart (tenfold/report/chart.h) into its figure.
const tenfoldChart = (() => {
  const dashes = [[], [8, 4], [2, 3], [9, 3, 2, 3], [4, 2], [1, 5]];
  // An element that no one sees turns light-dark(…) into the colour of the moment.
  const probe = document.body.appendChild(document.createElement("i"));
  probe.hidden = true;
  const colour = name => { probe.style.color = "var(" + name + ")"; return getComputedStyle(probe).color; };
  const tone = series => colour("--s" + series.tone % 6);
  const font = size => size + "px " + getComputedStyle(document.body).fontFamily;

  const exponent = text => text.replace(/\.?0+e/, "e").replace("e+", "e");
  function number(v) {
    if (v == null) return "–";
    const size = Math.abs(v);
    if (size !== 0 && (size < 1e-3 || size >= 1e6)) return exponent(v.toExponential(2));
    return Number.isInteger(v) ? String(v) : size >= 1000 ? v.toFixed(0) : v.toPrecision(4);
  }
  // A step of an axis decides how many digits its labels need; all labels of an axis have the same form.
  function labels(values, step) {
    const most = Math.max(...values.map(v => Math.abs(v ?? 0)));
    if (most > 0 && (most < 1e-2 || most >= 1e6)) return values.map(v => v == null ? "" : v === 0 ? "0" : exponent(v.toExponential(2)));
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const even = Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) < 1e-6 ? digits : digits + 1;
    return values.map(v => v == null ? "" : v.toFixed(even));
  }
  function logLabels(values) {
    return values.map(v => v == null ? "" : v < 0.01 || v >= 1e5 ? exponent(v.toExponential(1)) : String(+v.toPrecision(3)));
  }
  // Powers of ten, thinned to the room there is; within three decades also what lies between.
  function logSplits(low, high, room) {
    const from = Math.floor(Math.log10(low)), to = Math.ceil(Math.log10(high));
    const inside = v => v >= low * 0.999 && v <= high * 1.001;
    for (const parts of to - from > 3 ? [[1]] : [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 5], [1, 3]]) {
      const all = [];
      for (let e = from; e <= to; e++) for (const m of parts) if (inside(m * 10 ** e)) all.push(+(m + "e" + e));
      if (all.length <= room) return all;
    }
    for (let every = 1; ; every++) {
      const all = [];
      for (let e = Math.ceil(from / every) * every; e <= to; e += every) if (inside(10 ** e)) all.push(+("1e" + e));
      if (all.length <= Math.max(room, 1)) return all;
    }
  }

  function yRange(u, series, log, fixed) {
    const [from, to] = u.series[0].idxs ?? [0, u.data[0].length - 1];
    const zoomed = from > 0 || to < u.data[0].length - 1;
    if (fixed && !log && !zoomed) return fixed;
    let low = Infinity, high = -Infinity, floor = Infinity;
    const take = (values, quantile) => {
      const seen = values.filter(v => v != null && (!log || v > 0));
      if (!seen.length) return;
      if (quantile) seen.sort((a, b) => a - b);
      const cut = quantile ? Math.floor(seen.length / 100) : 0;
      const top = quantile ? seen[seen.length - 1 - cut] : seen.reduce((a, b) => Math.max(a, b));
      low = Math.min(low, quantile ? seen[cut] : seen.reduce((a, b) => Math.min(a, b)));
      high = Math.max(high, top);
      floor = Math.min(floor, top / 1000);  // a schedule that ends at nearly nothing must not squeeze the rest
    };
    series.forEach((s, k) => { if (u.series[k + 1].show) take(u.data[k + 1].slice(from, to + 1), s.stroke === "faint"); });
    if (high < low) return log ? [0.1, 1] : [0, 1];
    if (log) {
      low = Math.max(low, floor);
      const pad = Math.max((high / low) ** 0.06, 1.05);
      return [low / pad, high * pad];
    }
    const pad = high > low ? 0.07 * (high - low) : Math.max(Math.abs(high) * 0.1, 1e-9);
    return [low >= 0 && low - pad < 0 ? 0 : low - pad, high + pad];
  }

  function shape(ctx, kind, x, y, r) {
    ctx.beginPath();
    if (kind === 0) ctx.arc(x, y, r, 0, 7);
    if (kind === 1) ctx.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8);
    if (kind === 2) { ctx.moveTo(x, y - r * 1.2); ctx.lineTo(x + r * 1.15, y + r * 0.9); ctx.lineTo(x - r * 1.15, y + r * 0.9); ctx.closePath(); }
    if (kind === 3) { ctx.moveTo(x, y - r * 1.3); ctx.lineTo(x + r * 1.3, y); ctx.lineTo(x, y + r * 1.3); ctx.lineTo(x - r * 1.3, y); ctx.closePath(); }
  }

  function clipped(ctx, text, width) {
    if (ctx.measureText(text).width <= width) return text;
    while (text.length > 1 && ctx.measureText(text + "…").width > width) text = text.slice(0, -1);
    return text.length > 1 ? text + "…" : "";
  }

  // Behind the curves: every other stage and the error bar are shaded.
  function background(u, chart, stages) {
    const { ctx, bbox } = u, x = v => u.valToPos(v, "x", true);
    const fill = (from, to, style) => {
      const a = Math.max(bbox.left, from), b = Math.min(bbox.left + bbox.width, to);
      ctx.fillStyle = style;
      if (b > a) ctx.fillRect(a, bbox.top, b - a, bbox.height);
    };
    ctx.save();
    if (chart.by_step && stages.length > 1)
      stages.forEach((s, k) => { if (k % 2) fill(x(s.from), k + 1 < stages.length ? x(stages[k + 1].from) : Infinity, colour("--stage")); });
    if (chart.band) {
      const [from, to] = chart.band.map(x), thin = Math.max(0, 3 * uPlot.pxRatio - (to - from)) / 2;
      fill(from - thin, to + thin, colour("--band"));
    }
    ctx.restore();
  }

  function stageNames(u, stages) {
    const { ctx, bbox } = u, px = uPlot.pxRatio;
    ctx.save();
    ctx.font = font(11 * px);
    ctx.fillStyle = ctx.strokeStyle = colour("--soft");
    ctx.textBaseline = "bottom";
    ctx.textAlign = "left";
    stages.forEach((s, k) => {
      const from = Math.max(bbox.left, u.valToPos(s.from, "x", true));
      const to = Math.min(bbox.left + bbox.width, k + 1 < stages.length ? u.valToPos(stages[k + 1].from, "x", true) : Infinity);
      if (to <= from) return;
      if (k && from > bbox.left) {
        ctx.setLineDash([3 * px, 3 * px]);
        ctx.beginPath();
        ctx.moveTo(Math.round(from), bbox.top - 14 * px);
        ctx.lineTo(Math.round(from), bbox.top + bbox.height);
        ctx.stroke();
      }
      const text = clipped(ctx, k + 1 + " " + s.name, to - from - 8 * px);
      ctx.fillText(text, from + 4 * px, bbox.top - 2 * px);
    });
    ctx.restore();
  }

  // Names stand on steps of a stair, the smallest rate highest, so that no line crosses a name that reads to the right.
  function marks(u, list) {
    const { ctx, bbox } = u, px = uPlot.pxRatio;
    ctx.save();
    ctx.font = "600 " + font(12 * px);
    ctx.textBaseline = "middle";
    list.forEach((m, k) => {
      const x = Math.round(u.valToPos(m.x, "x", true)), y = u.valToPos(m.y, "y", true);
      if (x < bbox.left || x > bbox.left + bbox.width) return;
      const row = bbox.top - (list.length - k - 0.5) * 17 * px - 4 * px;
      ctx.strokeStyle = ctx.fillStyle = colour("--s" + (k + 1) % 6);
      ctx.lineWidth = px;
      ctx.setLineDash([4 * px, 3 * px]);
      ctx.beginPath(); ctx.moveTo(x, row); ctx.lineTo(x, bbox.top + bbox.height); ctx.stroke();
      ctx.setLineDash([]);
      const width = ctx.measureText(m.text).width + 14 * px;
      const left = x + width + 4 * px > u.ctx.canvas.width;
      shape(ctx, k % 4, x, row, 4 * px); ctx.fill();
      ctx.fillStyle = colour("--surface");
      if (left) ctx.fillRect(x - width, row - 8 * px, width - 6 * px, 16 * px);
      ctx.fillStyle = colour("--ink");
      ctx.textAlign = left ? "right" : "left";
      ctx.fillText(m.text, x + (left ? -9 : 9) * px, row);
      if (m.y == null) return;
      ctx.fillStyle = colour("--s" + (k + 1) % 6);
      ctx.strokeStyle = colour("--surface");
      ctx.lineWidth = 2 * px;
      shape(ctx, k % 4, x, y, 6 * px); ctx.stroke(); ctx.fill();
    });
    ctx.restore();
  }

  // The nearest row in which a series has a value: epochs are sparse among steps.
  function nearest(u, k, row) {
    const y = u.data[k];
    if (k === 0 || row == null || y[row] != null || y[row] === null && u.series[k].sparse !== true) return row;
    for (let d = 1; row - d >= 0 || row + d < y.length; d++) {
      if (y[row - d] != null) return row - d;
      if (y[row + d] != null) return row + d;
    }
    return row;
  }

  function place(x, chart, stages) {
    if (!chart.by_step) return chart.x_label + " " + number(x);
    const stage = stages.findLast(s => s.from <= x);
    const epoch = stage && stage.steps_per_epoch ? stage.epoch + (x - stage.from) / stage.steps_per_epoch : null;
    return "step " + Math.round(x) + (epoch == null ? "" : " · epoch " + epoch.toFixed(2)) + (stage && stages.length > 1 ? " of “" + stage.name + "”" : "");
  }

  function swatch(series) {
    const ns = "http://www.w3.org/2000/svg", svg = document.createElementNS(ns, "svg");
    svg.setAttribute("width", "24"); svg.setAttribute("height", "10"); svg.setAttribute("aria-hidden", "true");
    const line = svg.appendChild(document.createElementNS(ns, "line"));
    for (const [k, v] of [["x1", 0], ["x2", 24], ["y1", 5], ["y2", 5]]) line.setAttribute(k, v);
    line.style.stroke = "var(--s" + series.tone % 6 + ")";
    line.style.strokeWidth = series.stroke === "faint" ? 1 : 2.5;
    line.style.opacity = series.stroke === "faint" ? 0.5 : 1;
    if (series.stroke === "line") line.style.strokeDasharray = dashes[series.tone % 6].join(" ");
    if (series.stroke === "points") {
      const dot = svg.appendChild(document.createElementNS(ns, "circle"));
      for (const [k, v] of [["cx", 12], ["cy", 5], ["r", 4]]) dot.setAttribute(k, v);
      dot.style.fill = "var(--s" + series.tone % 6 + ")";
    }
    return svg;
  }

  function legend(figure, chart, series, state) {
    const box = figure.querySelector(".legend");
    box.replaceChildren();
    const outputs = series.map((s, k) => {
      const key = box.appendChild(document.createElement(series.length > 1 ? "button" : "span"));
      const name = document.createElement("span"), value = document.createElement("output");
      name.textContent = s.name;
      key.append(swatch(s), name, value);
      if (series.length > 1) {
        key.type = "button";
        key.setAttribute("aria-pressed", String(state.shown[k] !== false));
        key.addEventListener("click", () => {
          state.shown[k] = state.shown[k] === false;
          key.setAttribute("aria-pressed", String(state.shown[k]));
          state.plot.setSeries(k + 1, { show: state.shown[k] });
        });
      }
      return value;
    });
    if (chart.band_name) {
      const key = box.appendChild(document.createElement("span")), patch = document.createElement("span");
      patch.style.cssText = "width:24px;height:12px;border-radius:3px;background:var(--band)";
      key.append(patch, chart.band_name);
    }
    const at = box.appendChild(document.createElement("span"));
    at.className = "at";
    return { outputs, at };
  }

  function keys(figure, state) {
    const host = figure.querySelector(".plot"), spoken = figure.querySelector(".unseen");
    host.addEventListener("keydown", event => {
      const u = state.plot, x = u.data[0], [from, to] = u.series[0].idxs;
      const leap = event.shiftKey ? Math.max(1, Math.round((to - from) / 10)) : 1;
      const last = u.cursor.left >= 0 && u.cursor.idx != null ? u.cursor.idx : from - leap;
      const row = { ArrowRight: last + leap, ArrowLeft: last - leap, Home: from, End: to }[event.key];
      if (event.key === "Escape") return u.setCursor({ left: -10, top: -10 });
      if (row == null) return;
      event.preventDefault();
      const k = Math.min(to, Math.max(from, row));
      u.setCursor({ left: u.valToPos(x[k], "x"), top: u.over.clientHeight / 2 });
      spoken.textContent = state.reading();
    });
  }

  function draw(figure, chart, stages, state) {
    const host = figure.querySelector(".plot");
    const series = chart.curves.flatMap(c => c.series), log = (state.scale ?? chart.y) === "log";
    const tables = chart.curves.map(c => [c.x, ...c.series.map(s => log ? s.y.map(v => v > 0 ? v : null) : s.y)]);
    if (chart.by_step && stages.length) tables.push([[stages[0].from, stages.at(-1).to]]);  // the whole run, in all of them
    const data = tables.length > 1 ? uPlot.join(tables) : tables[0];
    const { outputs, at } = legend(figure, chart, series, state);
    const width = host.clientWidth, height = parseInt(getComputedStyle(host).minHeight) + 17 * chart.marks.length;
    const list = [...chart.marks].sort((a, b) => a.x - b.x);
    const top = chart.by_step && stages.length > 1 ? 18 : list.length ? 17 * list.length + 12 : 10;
    const line = { stroke: () => colour("--soft"), font: font(11), ticks: { show: false }, grid: { stroke: () => colour("--line"), width: 1 } };
    const measured = document.createElement("canvas").getContext("2d");
    measured.font = font(11);
    const widest = texts => texts.reduce((w, t) => Math.max(w, measured.measureText(t).width), 0);

    const xAxis = { ...line, label: chart.x_label, labelSize: 18, labelFont: font(11), labelGap: 0, size: 26, gap: 4, space: 64 };
    const yAxis = { ...line, gap: 6, space: 34, size: (u, texts) => Math.max(36, Math.ceil(widest(texts ?? []) + 14)) };
    const byLog = (axis, along, room) => {
      axis.splits = (u, k, low, high) => logSplits(low, high, Math.floor(u.bbox[along] / uPlot.pxRatio / room));
      axis.values = (u, splits) => logLabels(splits);
      axis.filter = (u, splits) => splits;
    };
    const byStep = (axis, whole) => {
      axis.values = (u, splits, k, space, step) => labels(splits.map(v => whole && v !== Math.round(v) ? null : v), whole ? Math.max(1, step) : step);
    };
    const whole = chart.curves.every(c => c.x.every(Number.isInteger));
    chart.x === "log" ? byLog(xAxis, "width", 52) : byStep(xAxis, whole);
    log ? byLog(yAxis, "height", 26) : byStep(yAxis, false);
    if (chart.x !== "log" && whole) xAxis.incrs = [1, 2, 5].flatMap(m => Array.from({ length: 9 }, (_, e) => m * 10 ** e)).sort((a, b) => a - b);

    const options = {
      width, height, padding: [top, 18, 0, 0],
      legend: { show: false },
      cursor: {
        y: false, points: { size: 8 }, drag: { x: true, y: false },
        dataIdx: nearest,
        sync: chart.by_step ? { key: "step", scales: ["x", null] } : undefined,
      },
      scales: {
        x: { time: false, distr: chart.x === "log" ? 3 : 1, range: (u, low, high) => low === high ? (chart.x === "log" ? [low / 2, high * 2] : [low - 1, high + 1]) : [low, high] },
        y: { distr: log ? 3 : 1, range: u => yRange(u, series, log, chart.y_range) },
      },
      axes: [xAxis, yAxis],
      series: [{}, ...series.map((s, k) => ({
        label: s.name,
        show: state.shown[k] !== false,
        stroke: () => tone(s),
        width: { faint: 1, bars: 0 }[s.stroke] ?? 2,
        alpha: s.stroke === "faint" ? 0.3 : 1,
        dash: s.stroke === "line" ? dashes[s.tone % 6] : undefined,
        sparse: s.stroke === "points",
        paths: s.stroke === "bars" ? uPlot.paths.bars({ size: [0.94, Infinity] }) : undefined,
        fill: s.stroke === "bars" ? () => tone(s) : undefined,
        spanGaps: false,
        points: { show: s.stroke === "points", size: 7, fill: () => tone(s), width: 1 },
      }))],
      hooks: {
        drawClear: [u => background(u, chart, stages)],
        draw: [u => { if (chart.by_step && stages.length > 1) stageNames(u, stages); if (list.length) marks(u, list); }],
        setCursor: [u => show(u)],
      },
    };
    const values = u => {
      const here = u.cursor.left >= 0 && u.cursor.idx != null;
      if (!here && chart.x === "log") return series.map(() => "");  // the end of a sweep says nothing
      return series.map((s, k) => {
        const y = u.data[k + 1], row = here ? u.cursor.idxs[k + 1] : y.findLastIndex(v => v != null);
        return row == null ? "–" : number(y[row]);
      });
    };
    const show = u => {
      values(u).forEach((text, k) => { outputs[k].textContent = text; });
      at.textContent = u.cursor.left >= 0 && u.cursor.idx != null ? place(u.data[0][u.cursor.idx], chart, stages) : "";
    };
    state.plot?.destroy();
    state.plot = new uPlot(options, data, host);
    state.reading = () => at.textContent + ": " + values(state.plot).map((text, k) => series[k].name + " " + text).join(", ");
    show(state.plot);
  }

  return (figure, chart, stages) => {
    const state = { shown: [], scale: null, plot: null, width: 0 };
    const redraw = () => { state.width = figure.clientWidth; draw(figure, chart, stages, state); };
    figure.querySelectorAll("[data-scale]").forEach(button => button.addEventListener("click", () => {
      state.scale = button.dataset.scale;
      figure.querySelectorAll("[data-scale]").forEach(other => other.setAttribute("aria-pressed", String(other === button)));
      redraw();
    }));
    keys(figure, state);
    redraw();
    new ResizeObserver(() => { if (figure.clientWidth && figure.clientWidth !== state.width) redraw(); }).observe(figure);
    return redraw;
  };
})();
