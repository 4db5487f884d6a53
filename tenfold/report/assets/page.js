"use strict";
(() => {
  const root = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)");
  const data = JSON.parse(document.getElementById("data").textContent);
  let redraws = [];

  // ---- theme: the system's until the reader chooses
  const button = document.getElementById("theme");
  const remember = (...value) => {
    try {
      if (value.length) localStorage.setItem("tenfold-theme", value[0]);
      return localStorage.getItem("tenfold-theme");
    } catch { return null; }  // some browsers keep nothing for local files
  };
  let chosen = remember();
  function theme(name) {
    root.dataset.theme = name;
    button.textContent = name === "dark" ? "Light" : "Dark";
    button.setAttribute("aria-label", "Switch to " + button.textContent.toLowerCase() + " colours");
    redraws.forEach(redraw => redraw());
  }
  const wanted = () => chosen ?? (dark.matches ? "dark" : "light");
  theme(wanted());
  button.addEventListener("click", () => {
    chosen = root.dataset.theme === "dark" ? "light" : "dark";
    remember(chosen);
    theme(chosen);
  });
  dark.addEventListener("change", () => theme(wanted()));
  addEventListener("beforeprint", () => theme("light"));
  addEventListener("afterprint", () => theme(wanted()));

  // ---- charts
  const figures = new Map([...document.querySelectorAll("[data-chart]")].map(figure => [figure.dataset.chart, figure]));
  const planes = new Map([...document.querySelectorAll("[data-scatter]")].map(figure => [figure.dataset.scatter, figure]));
  redraws = [...data.charts.map(chart => tenfoldChart(figures.get(chart.id), chart, data.stages)),
    ...data.scatters.map(scatter => tenfoldScatter(planes.get(scatter.id), scatter))];

  // ---- confusion matrix
  const matrix = document.querySelector(".matrix");
  if (matrix) {
    const readout = document.querySelector(".readout");
    const names = [...matrix.tHead.rows[0].cells].slice(1, -2).map(cell => cell.textContent);
    const rows = [...matrix.tBodies[0].rows];
    const counts = rows.map(row => [...row.cells].slice(1, -2).map(cell => parseInt(cell.firstChild.data)));
    let here = null;
    const percent = (count, sum) => sum ? (100 * count / sum).toFixed(1) + " %" : "–";
    function point(i, j) {
      if (counts[i]?.[j] === undefined) return;
      const sum = +rows[i].dataset.sum, count = counts[i][j];
      here?.cell.classList.remove("here");
      here = { i, j, cell: rows[i].cells[j + 1] };
      here.cell.classList.add("here");
      const actual = rows[i].cells[0].textContent;
      const text = (i === j || actual === names[j] ? "“" + actual + "” recognised: " : "“" + actual + "” taken for “" + names[j] + "”: ") +
        count + " of " + sum + " (" + percent(count, sum) + ")";
      here.cell.title = text;
      readout.textContent = text;
    }
    matrix.addEventListener("pointerover", event => {
      const cell = event.target.closest("tbody td:not(.sum)");
      if (cell) point(cell.parentElement.sectionRowIndex, cell.cellIndex - 1);
    });
    matrix.parentElement.addEventListener("keydown", event => {
      const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
      if (!move) return;
      event.preventDefault();
      here ? point(here.i + move[0], here.j + move[1]) : point(0, 0);
      here?.cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    });
    if (!matrix.classList.contains("roomy")) {
      const head = document.createElement("div"), choice = head.appendChild(document.createElement("span"));
      head.className = "matrix-head";
      choice.className = "choice";
      for (const kind of ["counts", "% of row"]) {
        const option = choice.appendChild(document.createElement("button"));
        option.type = "button";
        option.textContent = kind;
        option.setAttribute("aria-pressed", String(kind === "counts"));
        option.addEventListener("click", () => {
          for (const other of choice.children) other.setAttribute("aria-pressed", String(other === option));
          rows.forEach((row, i) => counts[i].forEach((count, j) => {
            const sum = +row.dataset.sum;
            row.cells[j + 1].textContent = kind === "counts" || !count ? count : Math.max(1, Math.round(100 * count / sum));
          }));
        });
      }
      matrix.parentElement.before(head);
    }
  }

  // ---- pictures smaller than they are shown keep their pixels
  for (const image of document.querySelectorAll(".pictures img")) {
    const sharpen = () => image.classList.toggle("small", image.naturalWidth > 0 && image.naturalWidth <= 64);
    image.complete ? sharpen() : image.addEventListener("load", sharpen);
  }

  // ---- copy
  for (const copy of document.querySelectorAll("[data-copy]")) {
    copy.addEventListener("click", async () => {
      const source = document.getElementById(copy.dataset.copy);
      let done = false;
      try {
        await navigator.clipboard.writeText(source.textContent);
        done = true;
      } catch {  // no clipboard for local files in some browsers
        getSelection().selectAllChildren(source);
        done = document.execCommand("copy");
      }
      copy.textContent = done ? "Copied" : "Selected: press Ctrl-C";
      setTimeout(() => { copy.textContent = "Copy"; }, 2000);
    });
  }
})();
