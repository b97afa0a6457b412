/* global document, fetch, location, ResizeObserver, setInterval, URLSearchParams, window -- runs in the browser */
import uPlot from "/uPlot.js";

const REFRESH_MS = 15_000;
const HEIGHT = 160;
const COLORS = ["#2f6fde", "#e0752d", "#3f9e4d", "#b4429a", "#12939a", "#a8862c", "#6b5bd2", "#c4473a"];
const [GOOD, WARNING, CRITICAL] = ["#3f9e4d", "#d98a1f", "#c4473a"];

const element = (name, text = "", attributes = {}) =>
  Object.assign(document.createElement(name), { textContent: text, ...attributes });

const scaled = (value, base, units) => {
  let power = 0;
  while (Math.abs(value) >= base && power < units.length - 1) [value, power] = [value / base, power + 1];
  return `${Number(value.toPrecision(3))}${units[power]}`;
};
const seconds = (value) => {
  const size = Math.abs(value);
  if (size < 1) return `${Number((value * 1000).toPrecision(3))} ms`;
  const [unit, name] = [
    [86_400, "d"],
    [3600, "h"],
    [60, "min"],
    [1, "s"],
  ].find(([least]) => size >= least * 2) ?? [1, "s"];
  return `${Number((value / unit).toPrecision(3))} ${name}`;
};
const short = (value) => scaled(value, 1000, ["", " k", " M", " G"]);
/** Grafana's units, as far as the panels have them. */
const UNITS = {
  Bps: (value) => `${scaled(value, 1024, [" B", " KiB", " MiB", " GiB", " TiB"])}/s`,
  bytes: (value) => scaled(value, 1024, [" B", " KiB", " MiB", " GiB", " TiB"]),
  d: (value) => seconds(value * 86_400),
  ops: (value) => `${short(value)}/s`,
  percentunit: (value) => `${Number((value * 100).toPrecision(3))} %`,
  reqps: (value) => `${short(value)} req/s`,
  s: seconds,
  short,
};
const format = (unit, value) => (value === null || value === undefined ? "" : (UNITS[unit] ?? short)(value));

const lastOf = (values) => values.findLast((value) => value !== null);

function colorOf({ lowIsBad, thresholds }, value) {
  if (!thresholds || value === undefined) return "inherit";
  const reached = ([warning, critical]) =>
    lowIsBad ? [value <= warning, value <= critical] : [value >= warning, value >= critical];
  const [warned, bad] = reached(thresholds);
  return bad ? CRITICAL : warned ? WARNING : GOOD;
}

/** The last value; of several series each with its name. */
function stat(panel) {
  const all = element("div", "", { className: "values" });
  for (const { name, values } of panel.series) {
    const value = lastOf(values);
    const shown = element("div", value === undefined ? "no value" : format(panel.unit, value), { className: "value" });
    shown.style.color = colorOf(panel, value);
    if (panel.series.length > 1) shown.append(element("small", name));
    all.append(shown);
  }
  return all;
}

/** Dashed lines where an alert has its thresholds. */
const thresholds = (panel) => ({
  hooks: {
    draw: (plot) => {
      for (const [i, at] of (panel.thresholds ?? []).entries()) {
        const y = plot.valToPos(at, "y", true);
        if (y < plot.bbox.top || y > plot.bbox.top + plot.bbox.height) continue;
        const { ctx } = plot;
        ctx.save();
        ctx.strokeStyle = [WARNING, CRITICAL][i];
        ctx.setLineDash([6, 4]);
        ctx.beginPath();
        ctx.moveTo(plot.bbox.left, y);
        ctx.lineTo(plot.bbox.left + plot.bbox.width, y);
        ctx.stroke();
        ctx.restore();
      }
    },
  },
});

/** Points that have no neighbor to be joined with by a line. */
const isolated = (values) =>
  values.flatMap((value, i) => (value !== null && values[i - 1] == null && values[i + 1] == null ? [i] : []));

/** Each series on those before it; nothing where none has a value. */
const heaped = (all) =>
  all.map((_, i) =>
    all[0].map((_, at) =>
      all.every((values) => values[at] === null)
        ? null
        : all.slice(0, i + 1).reduce((sum, values) => sum + (values[at] ?? 0), 0),
    ),
  );

function timeseries(panel, width) {
  const values = panel.series.map((one) => one.values);
  const drawn = panel.stacked ? heaped(values) : values;
  const curves = panel.series.map(({ name }, i) => ({
    label: name,
    stroke: COLORS[i % COLORS.length],
    fill: `${COLORS[i % COLORS.length]}${panel.stacked ? "50" : "18"}`,
    width: 1.5,
    points: { show: true, size: 4, filter: (plot, series) => isolated(plot.data[series]) },
    value: (_, __, ___, at) => format(panel.unit, at === null ? lastOf(values[i]) : values[i][at]),
  }));
  // The highest of a heap first, or it would hide the others.
  const order = curves.map((_, i) => (panel.stacked ? curves.length - 1 - i : i));
  return chart(
    width,
    panel,
    [panel.times, ...order.map((i) => drawn[i])],
    order.map((i) => curves[i]),
    [thresholds(panel)],
  );
}

/** Buckets from the lowest to the highest, the darker the more. */
function heatmap(panel, width) {
  const most = Math.max(...panel.series.flatMap(({ values }) => values));
  const cells = {
    hooks: {
      draw: (plot) => {
        const { ctx } = plot;
        const step = plot.valToPos(panel.times[1], "x", true) - plot.valToPos(panel.times[0], "x", true);
        panel.series.forEach(({ values }, row) => {
          const [top, bottom] = [plot.valToPos(row + 1, "y", true), plot.valToPos(row, "y", true)];
          values.forEach((value, i) => {
            if (!value) return;
            ctx.fillStyle = `rgba(47, 111, 222, ${0.1 + 0.9 * (value / most)})`;
            ctx.fillRect(plot.valToPos(panel.times[i], "x", true) - step, top, step + 1, bottom - top - 1);
          });
        });
      },
    },
  };
  const names = panel.series.map(({ name }) => (name === "+Inf" ? name : format(panel.unit, Number(name))));
  const axis = {
    splits: () => names.map((_, i) => i + 0.5),
    values: () => names.map((name, i) => (i % 3 === 0 ? name : "")),
  };
  const rows = panel.series.map(() => panel.times.map(() => null));
  return chart(
    width,
    panel,
    [panel.times, ...rows],
    names.map(() => ({ show: false })),
    [cells],
    axis,
    [0, names.length],
  );
}

function chart(width, { unit }, data, curves, plugins, axis = {}, range = undefined) {
  const target = element("div");
  const ticks = { values: (_, all) => all.map((value) => format(unit, value)), size: 72, ...axis };
  const bounds = range ?? ((_, least, most) => [Math.min(0, least ?? 0), most > 0 ? most * 1.1 : 1]);
  new uPlot(
    {
      width,
      height: HEIGHT,
      plugins,
      cursor: { sync: { key: "time" } },
      legend: { show: range === undefined },
      series: [{}, ...curves],
      axes: [{ space: 90 }, ticks],
      scales: { y: { range: bounds } },
    },
    data,
    target,
  );
  return target;
}

const DRAWERS = { stat, timeseries, heatmap };

function panelOf(panel) {
  const section = element("section");
  section.style.gridColumn = `span ${panel.width}`;
  const heading = element("h3", panel.title, { title: panel.description });
  if (panel.runbook)
    heading.append(element("a", "runbook", { href: panel.runbook, target: "_blank", rel: "noreferrer" }));
  section.append(heading);
  return section;
}

const chosen = () => location.hash.slice(1) || "service";
const range = document.getElementById("range");
const panels = document.getElementById("panels");

async function show() {
  const name = chosen();
  const answer = await fetch(`/dashboards/${name}?seconds=${range.value}`);
  const { names, rows, site } = await answer.json();
  if (name !== chosen()) return;
  document.title = `${site}: ${name}`;
  document.getElementById("site").textContent = site;
  const links = names.map((one) => element("a", one, { href: `#${one}`, className: one === name ? "chosen" : "" }));
  document.getElementById("dashboards").replaceChildren(...links.flatMap((link) => [link, "  "]));
  const sections = rows.flatMap(({ panels, title }) => [
    [element("h2", title)],
    ...panels.map((panel) => [panelOf(panel), panel]),
  ]);
  panels.replaceChildren(...sections.map(([section]) => section));
  // Drawn when they are in the page, which gives them their width.
  for (const [section, panel] of sections) {
    if (!panel) continue;
    const empty = panel.problem ?? (panel.series.length === 0 ? "no data" : undefined);
    section.append(
      empty ? element("div", empty, { className: "empty" }) : DRAWERS[panel.kind](panel, section.clientWidth - 20),
    );
  }
}

// For `--pictures`, which must know the height before it takes one. Charts get theirs after they were drawn.
const page = document.documentElement;
new ResizeObserver(() => (page.dataset.height = page.scrollHeight)).observe(document.body);

const asked = new URLSearchParams(location.search).get("seconds");
if (asked) range.value = asked;
window.addEventListener("hashchange", show);
range.addEventListener("change", show);
setInterval(show, REFRESH_MS);
await show();
