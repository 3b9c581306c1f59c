// The wall. Streamlit calls the default function at every refresh with fresh data; the page's nodes
// are made once and changed in place. All text goes in as text, never as markup.

const SPEEDS = [1, 10, 60, 300];

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const wall = parentElement.querySelector(".wall");
  const state = (wall.state ??= { figures: new Map() });
  state.ask = (request) => setTriggerValue("replay", request);

  wall.dataset.kiosk = String(data.kiosk);
  wall.dataset.mode = data.mode;
  wall.dataset.theme = isDark(wall) ? "dark" : "light";
  setText(wall.querySelector(".context"), data.context);
  drawStory(wall, data.wall?.story);
  drawNotice(wall, data.notice);
  drawReplay(wall, data, state);
  keepAge(wall, data, state);
  if (data.wall) {
    for (const [name, tile] of Object.entries(data.wall.tiles)) drawTile(wall, name, tile);
    drawAtRisk(wall, data.wall.tiles.at_risk);
    drawSystems(wall, data.wall.systems, data.wall.window);
    drawSilent(wall, data.wall.silent);
    drawFreshness(wall, data.wall.freshness);
    state.wanted = data.wall.tiles;
    loadPlotly(data.plotly).then(() => drawFigures(wall, state)).catch(() => {});
  } else {
    drawEmpty(wall, data.empty);
  }
  if (!state.watching) watchSize(wall, state);
  // Streamlit marks every run in the browser's timeline, which keeps the marks until the page closes.
  performance.clearMarks();
  performance.clearMeasures();
}

function isDark(wall) {
  const colour = getComputedStyle(wall.getRootNode().host).getPropertyValue("--st-background-color");
  const hex = colour.trim().replace("#", "");
  if (hex.length < 6) return true;
  const [r, g, b] = [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16));
  return 0.299 * r + 0.587 * g + 0.114 * b < 128;
}

function setText(node, text) {
  const wanted = text ?? "";
  if (node.textContent !== wanted) node.textContent = wanted;
}

function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function setLink(node, href) {
  // Only links within the control room: nothing that a row says can lead elsewhere.
  if (/^[a-z_]*(\?|$)/.test(href ?? "")) node.setAttribute("href", "./" + href);
  else node.removeAttribute("href");
}

function part(parent, className, tag = "div") {
  let node = parent.querySelector(":scope > ." + className);
  if (!node) {
    node = element(tag, className);
    parent.append(node);
  }
  return node;
}

function drawTop(tile, content) {
  const top = part(tile, "top");
  setText(part(top, "label", "span"), content.label);
  setText(part(top, "window", "span"), content.window);
  setText(part(top, "state", "span"), content.state_words);
  tile.dataset.state = content.state ?? "";
  tile.dataset.direction = content.direction ?? "";
  return top;
}

function drawTile(wall, name, content) {
  const tile = wall.querySelector(`[data-tile="${name}"]`);
  if (!tile) return;
  tile.querySelector(":scope > .empty")?.remove();
  setLink(tile, content.link);
  tile.title = content.definition;
  drawTop(tile, content);
  const row = tile.classList.contains("wide") ? part(tile, "head-row") : tile;
  const value = part(row, "value");
  setText(part(value, "number", "span"), content.value);
  setText(part(value, "unit", "span"), content.unit);
  setText(part(row, "expected"), content.expected);
  content.lines.forEach((line, i) => {
    const node = tile.querySelector(`:scope > .line[data-i="${i}"]`) ?? tile.appendChild(element("div", "line"));
    node.dataset.i = i;
    setText(node, line);
  });
  tile.querySelectorAll(":scope > .line").forEach((node) => {
    if (Number(node.dataset.i) >= content.lines.length) node.remove();
  });
  if (content.parts) drawParts(tile, content.parts);
  if (content.figure) {
    const chart = part(tile, "chart");
    // Moving a node, even to where it is, makes the browser draw it afresh.
    if (tile.lastElementChild !== chart) tile.append(chart);
  }
}

function drawParts(tile, parts) {
  const list = part(tile, "parts");
  drawList(list, parts, (node, row) => {
    cells(node, ["name", "what", "rate"], { name: row.name, what: row.n, rate: row.value });
    drawBar(node, row.share);
  });
}

function drawBar(node, share) {
  const bar = part(node, "bar");
  if (!bar.firstChild) bar.append(element("i"));
  bar.firstChild.style.width = `${100 * share}%`;
}

function drawRows(tile, rows, fill, empty) {
  tile.querySelector(":scope > .empty")?.remove();
  drawList(part(tile, "rows"), rows, fill);
  if (!rows.length) tile.append(element("div", "empty", empty));
}

function drawList(list, rows, fill) {
  while (list.children.length > rows.length) list.lastChild.remove();
  rows.forEach((row, i) => {
    const tag = row.link ? "A" : "DIV";
    let node = list.children[i];
    if (node?.tagName !== tag) {
      const fresh = element(tag.toLowerCase(), "row");
      if (row.link) fresh.target = "_self";
      if (node) node.replaceWith(fresh);
      else list.append(fresh);
      node = fresh;
    }
    if (row.link) setLink(node, row.link);
    fill(node, row);
  });
}

function cells(node, names, row) {
  for (const name of names) {
    const cell = part(node, name, "span");
    setText(cell, row[name]);
    cell.title = row[name] ?? "";
  }
}

function drawAtRisk(wall, content) {
  const tile = wall.querySelector('[data-list="at_risk"]');
  const top = drawTop(tile, { ...content, label: "Accounts at risk" });
  const big = part(top, "big", "a");
  big.target = "_self";
  big.style.cssText = "color:inherit;text-decoration:none;order:-1";
  setLink(big, content.link);
  setText(big, content.value);
  tile.title = content.definition;
  drawRows(tile, content.rows, (node, row) => cells(node, ["name", "what", "when"], row),
    "No accounts at risk.");
}

function drawSystems(wall, rows, window) {
  const tile = wall.querySelector('[data-list="systems"]');
  const stale = wall.querySelector('[data-tile="errors"]').dataset.state === "stale";
  drawTop(tile, { label: "Errors by system", window, state: stale ? "stale" : "", state_words: "" });
  tile.querySelector(".state").hidden = true;
  const largest = Math.max(0.05, ...rows.map((row) => row.share));
  drawRows(tile, rows, (node, row) => {
    cells(node, ["name", "what", "rate"], { name: (row.is_worse ? "▲ " : "") + row.name, what: row.n, rate: row.rate });
    node.dataset.worse = row.is_worse;
    drawBar(node, row.share / largest);
  }, "No calls in this period.");
}

function drawSilent(wall, content) {
  const tile = wall.querySelector('[data-list="silent"]');
  const top = drawTop(tile, { label: "Silent failures", window: "last 24 hours", state_words: "" });
  tile.querySelector(".state").hidden = true;
  const big = part(top, "big", "a");
  big.target = "_self";
  big.style.cssText = "color:inherit;text-decoration:none;order:-1";
  setLink(big, content.link);
  setText(big, content.count.toLocaleString("en"));
  drawRows(tile, content.rows, (node, row) => cells(node, ["when", "name", "what"], row),
    "No silent failures.");
}

function drawFreshness(wall, rows) {
  const tile = wall.querySelector('[data-list="freshness"]');
  const stale = rows.filter((row) => row.is_stale).length;
  drawTop(tile, {
    label: "Freshness", state: stale ? "worse" : "normal", direction: "",
    state_words: stale ? `${stale} stale` : "Up to date",
  });
  drawRows(tile, rows, (node, row) => {
    node.dataset.stale = row.is_stale;
    cells(node, ["name", "when"], { name: row.source, when: row.event });
    node.title = `Newest event ${row.event}, newest load ${row.load}`;
  }, "No data loaded yet.");
}

function drawEmpty(wall, sentence) {
  for (const tile of wall.querySelectorAll(".tile")) {
    tile.replaceChildren(element("div", "empty", sentence));
    tile.removeAttribute("href");
    tile.dataset.state = "unknown";
  }
}

function drawStory(wall, sentence) {
  const story = wall.querySelector(".story");
  story.hidden = !sentence;
  wall.dataset.story = String(Boolean(sentence));
  setText(story, sentence);
}

function drawNotice(wall, sentence) {
  const notice = wall.querySelector(".notice");
  notice.hidden = !sentence;
  setText(notice, sentence);
}

function drawReplay(wall, data, state) {
  const bar = wall.querySelector(".replay");
  bar.hidden = data.mode !== "replay";
  if (bar.hidden) return;
  const play = bar.querySelector(".play");
  setText(play, data.replay.playing ? "❚❚ Pause" : "▶ Play");
  play.onclick = () => state.ask({ playing: !data.replay.playing, speed: data.replay.speed });
  const speed = bar.querySelector(".speed");
  if (!speed.options.length) for (const n of SPEEDS) speed.append(new Option(`${n}×`, n));
  speed.value = data.replay.speed;
  speed.onchange = () => state.ask({ playing: data.replay.playing, speed: Number(speed.value) });
  setLink(bar.querySelector(".golive"), data.replay.live_link);
}

// The clock ticks here, not on the server: when the server hangs, this is what shows it.
function keepAge(wall, data, state) {
  if (state.delivery !== data.delivery) {
    state.delivery = data.delivery;
    state.arrived = performance.now();
  }
  state.clock = data;
  const tick = () => {
    const since = (performance.now() - state.arrived) / 1000;
    const { clock } = state;
    const live = clock.mode === "live";
    const age = (clock.age ?? 0) + since;
    setText(wall.querySelector(".now"), live ? clockText(clock.now_ms + since * 1000, clock.time_zone) : clock.instant);
    const stale = clock.age === null || (live && age > clock.stale_after);
    wall.dataset.stale = String(stale);
    setText(wall.querySelector(".age"), clock.age === null ? "no data yet" : live ? `updated ${ageText(age)} ago` : "replay");
    const frozen = since > clock.frozen_after;
    if (frozen) drawNotice(wall, `No updates for ${ageText(since)}. Showing the last figures; retrying automatically.`);
    state.frozen = frozen;
  };
  tick();
  state.timer ??= setInterval(tick, 1000);
}

function clockText(ms, zone) {
  return new Date(ms).toLocaleTimeString("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

function ageText(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 90) return `${s} s`;
  if (s < 5400) return `${Math.round(s / 60)} min`;
  return `${Math.round(s / 3600)} h`;
}

let plotly;
function loadPlotly(path) {
  plotly ??= new Promise((resolve, reject) => {
    if (window.Plotly) return resolve();
    const script = element("script");
    script.src = path;
    script.onload = resolve;
    script.onerror = () => { plotly = undefined; reject(new Error("Plotly did not load")); };
    document.head.append(script);
  });
  return plotly;
}

function drawFigures(wall, state) {
  const colours = getComputedStyle(wall);
  const em = parseFloat(colours.fontSize);
  for (const [name, tile] of Object.entries(state.wanted ?? {})) {
    const node = wall.querySelector(`[data-tile="${name}"] > .chart`);
    if (!tile.figure || !node) continue;
    const figure = paint(tile.figure, colours);
    const { width, height } = node.getBoundingClientRect();
    if (width < 10 || height < 10) continue;
    const scale = em / 16;
    const margin = Object.fromEntries(Object.entries(figure.layout.margin).map(([k, v]) => [k, v * scale]));
    for (const trace of figure.data) {
      if (trace.line?.width) trace.line.width *= scale;
      if (trace.marker?.size) trace.marker.size *= scale;
    }
    const layout = { ...figure.layout, margin, width, height, font: { size: 1.15 * em, color: colours.getPropertyValue("--muted") } };
    window.Plotly.react(node, figure.data, layout, { staticPlot: true, displayModeBar: false });
  }
}

function paint(value, colours) {
  if (typeof value === "string") return value.startsWith("@") ? colours.getPropertyValue("--" + value.slice(1)).trim() : value;
  if (Array.isArray(value)) return value.map((item) => paint(item, colours));
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, paint(v, colours)]));
  return value;
}

function watchSize(wall, state) {
  state.watching = new ResizeObserver(() => window.Plotly && drawFigures(wall, state));
  state.watching.observe(wall);
}
