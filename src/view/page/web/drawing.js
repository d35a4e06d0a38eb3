// @ts-check
// What a window of a run looks like: lifelines, arrows, marks and their words, as SVG. All text is set as text.

/**
 * @typedef {{run: Run, lanes: Lanes, rows: Rows, lit: Uint8Array | Set<number> | null, cursor: number, chosen: number,
 *   selected: number, marks: {row: number, kind: string, words: string}[], time: number}} Scene
 *   `lit` says which events are bright: nothing dims anything. `chosen` is a process, `selected` an event, `time` how
 *   wide the column of times is.
 * @typedef {{first: number, last: number, seen: number, left: number, right: number, near: number, far: number,
 *   lane: number, width: number, time: number}} Frame
 *   Rows that are drawn and the first that is seen, pixels that are seen and those that are drawn, how wide a lane is, and
 *   all of them, and the column of times.
 */

const ROW = 26;
/** In what letters words, names and times are set; the family is the page's. */
const WORDS_FONT = "12.5px";
const NAME_FONT = "12.5px";
const SMALL_FONT = "11px";
const TIME_FONT = "12px";
/** What is kept free at the right of the last lane, for its words, if there is room; and if there is not. */
const MARGIN = 96;
const MARGIN_LEAST = 16;
/** How wide the column of times usually is. */
const TIME_USUAL = 56;
const SVG = "http://www.w3.org/2000/svg";

/** @param {string} name @param {Record<string, string | number>} attributes @param {string} [text] */
function shape(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** What measures texts: asking the page itself would lay it out anew each time. @type {CanvasRenderingContext2D | null} */
let measuring = null;
let family = "";

/** How wide a text is. @param {string} text @param {string} font */
function widthOf(text, font) {
  if (!measuring) {
    measuring = document.createElement("canvas").getContext("2d");
    family = getComputedStyle(document.body).fontFamily;
  }
  if (!measuring) return text.length * 7;
  measuring.font = `${font} ${family}`;
  return measuring.measureText(text).width;
}

/** How wide the column of times has to be. @param {Run} run */
function timeColumn(run) {
  return Math.ceil(widthOf(`${grouped(run.at[run.count])} ms`, TIME_FONT)) + 26;
}

/** Where the middle of a lane is. @param {number} lane @param {Frame} frame */
function middleOf(lane, frame) {
  return frame.time + lane * frame.lane + frame.lane / 2;
}

/** Where the line of a row is. @param {number} row */
function lineOf(row) {
  return row * ROW + 18;
}

/** Whether an event belongs to the failure: nothing else is red. @param {Scene} scene @param {number} event */
function isFailure({ run }, event) {
  if (event === 0 || (run.flags[event] & 2) === 0 || !run.raw.broken) return false;
  return run.slice ? run.slice.has(event) : run.step[event] === run.raw.failure;
}

/** How an event is lit: ` past`, ` future`, ` self`, ` dim`. @param {Scene} scene @param {number} event */
function lightOf(scene, event) {
  const { lit } = scene;
  if (lit === null) return event === scene.selected ? " self" : "";
  if (lit instanceof Set) return lit.has(event) ? "" : " dim";
  return ["", " past", " future", " self"][lit[event]] || " dim";
}

/** The brightest of a row's events. @param {Scene} scene @param {Row} row */
function lightOfRow(scene, row) {
  const all = [row.main, row.arrived, row.took].filter((event) => event > 0).map((event) => lightOf(scene, event));
  return all.find((light) => light === " self") ?? all.find((light) => light !== " dim") ?? " dim";
}

/** Draws a window. @param {SVGElement} into @param {Scene} scene @param {Frame} frame */
function draw(into, scene, frame) {
  const [back, front] = [shape("g", {}), shape("g", {})];
  drawCursor(back, scene, frame);
  drawMarksOfRun(back, scene, frame);
  drawLives(back, scene, frame);
  for (const arrow of scene.rows.arrowsIn(frame.first, frame.last)) drawArrow(front, arrow, scene, frame);
  let clock = -1;
  for (let index = frame.first; index <= frame.last; index++) {
    const row = scene.rows.list[index];
    const at = scene.run.at[row.main];
    if (index === frame.seen || (at !== clock && index > frame.seen)) {
      const text = shape("text", { x: frame.time - 12, y: lineOf(index) + 1, class: "time" }, `${grouped(at)} ms`);
      back.append(text);
    }
    clock = at;
    drawRow(front, index, row, scene, frame);
  }
  into.replaceChildren(back, front);
}

/** The heads of arrows, once for all panes. */
function arrowheads() {
  const all = shape("svg", { width: 0, height: 0, class: "unseen", "aria-hidden": "true" });
  const defs = shape("defs", {});
  all.append(defs);
  for (const kind of ["", "past", "future", "self", "dim", "bad"]) {
    const head = shape("marker", {
      id: `head-${kind}`, viewBox: "0 0 8 8", refX: 7.5, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto",
    });
    head.append(shape("path", { d: "M0.5 0.8 L7.5 4 L0.5 7.2", class: `head ${kind}` }));
    defs.append(head);
  }
  return all;
}

/** @param {Element} into @param {Scene} scene @param {Frame} frame */
function drawCursor(into, scene, frame) {
  if (scene.cursor < 0) return;
  into.append(shape("rect", { x: 0, y: scene.cursor * ROW, width: frame.width, height: ROW, class: "cursor" }));
  into.append(shape("rect", { x: 0, y: scene.cursor * ROW, width: 3, height: ROW, class: "cursor-edge" }));
}

/** Lines across: the decision, the failure, the first difference. @param {Element} into @param {Scene} scene @param {Frame} frame */
function drawMarksOfRun(into, scene, frame) {
  for (const { row, kind, words } of scene.marks) {
    if (row < frame.first - 1 || row > frame.last + 1) continue;
    const y = kind === "failure" ? (row + 1) * ROW - 1 : row * ROW;
    into.append(shape("line", { x1: 0, x2: frame.width, y1: y, y2: y, class: `across ${kind}` }));
    // Before the first lane, above the line: there nothing else stands.
    const y2 = row === 0 ? 14 : row * ROW - 5;
    into.append(shape("text", { x: frame.left + 8, y: y2, class: `across-words ${kind}` }, words));
  }
}

/** @param {Element} into @param {Scene} scene @param {Frame} frame */
function drawLives(into, scene, frame) {
  const { run, lanes, rows } = scene;
  const [begin, end] = [eventAt(rows, frame.first), eventAt(rows, frame.last)];
  const [first, last] = lanesIn(lanes.list.length, frame);
  for (let index = first; index <= last; index++) {
    const lane = lanes.list[index];
    const x = middleOf(index, frame);
    if (lane.folded > 0) {
      into.append(shape("line", { x1: x, x2: x, y1: frame.first * ROW, y2: (frame.last + 1) * ROW, class: "life many" }));
      continue;
    }
    // Those of one lane come one after another.
    let nth = firstLife(run, lane.lives, begin);
    for (; nth < lane.lives.length && run.people[lane.lives[nth]].birth <= end; nth++) {
      const who = lane.lives[nth];
      const person = run.people[who];
      const from = Math.max(rowAfter(rows, person.birth), frame.first - 1);
      const to = person.death > 0 ? Math.min(rowAfter(rows, person.death), frame.last + 1) : frame.last + 1;
      const y1 = person.birth <= 1 ? from * ROW : lineOf(from) - 4;
      const chosen = who === scene.chosen ? " chosen" : "";
      into.append(shape("line", { x1: x, x2: x, y1, y2: lineOf(to) - 4, class: `life${chosen}` }));
    }
  }
}

/** The first of those who live one after another who has not died before an event.
 * @param {Run} run @param {number[]} lives @param {number} event */
function firstLife(run, lives, event) {
  let [low, high] = [0, lives.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const { death } = run.people[lives[middle]];
    if (death > 0 && death < event) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The event that a row is about, as far as there are rows. @param {Rows} rows @param {number} row */
function eventAt(rows, row) {
  const found = rows.list[Math.max(0, Math.min(row, rows.list.length - 1))];
  if (!found) return 0;
  return row >= rows.list.length - 1 ? rows.run.count : Math.max(found.main, found.arrived, found.took);
}

/** The row of an event, or the first after it if it has none. @param {Rows} rows @param {number} event */
function rowAfter(rows, event) {
  if (rows.of[event] >= 0) return rows.of[event];
  let [low, high] = [0, rows.list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows.list[middle].main < event) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param {Element} into @param {Arrow} arrow @param {Scene} scene @param {Frame} frame */
function drawArrow(into, arrow, scene, frame) {
  const { run, lanes } = scene;
  const [from, to] = [lanes.of[run.who[arrow.sent]], lanes.of[run.who[arrow.arrived]]];
  if (from < 0 || to < 0) return;
  const [x1, x2] = [middleOf(from, frame), middleOf(to, frame)];
  if (Math.max(x1, x2) < frame.near || Math.min(x1, x2) > frame.far) return;
  const [y1, y2] = [lineOf(arrow.from), lineOf(arrow.to)];
  const bad = isFailure(scene, arrow.arrived);
  const light = both(lightOf(scene, arrow.sent), lightOf(scene, arrow.arrived));
  const head = bad && light !== " dim" ? "bad" : light.trim();
  const late = arrow.to - arrow.from > 0 ? " late" : "";
  const attributes = { class: `arrow${light}${late}${bad ? " lost" : ""}`, "marker-end": `url(#head-${head})` };
  if (from === to) {
    const d = `M${x1 + 2} ${y1 - 6} h14 v${y2 - y1 + 8} h-12`;
    into.append(shape("path", { d, ...attributes }));
    return;
  }
  const side = x2 > x1 ? -3 : 3;
  into.append(shape("line", { x1: x1 - side, y1, x2: x2 + side, y2, ...attributes }));
}

/** What an arrow is, whose ends are so. @param {string} sent @param {string} arrived */
function both(sent, arrived) {
  if (sent === arrived) return sent;
  if (sent === " dim" || arrived === " dim") return " dim";
  return arrived === " self" ? " past" : sent === " self" ? " future" : arrived;
}

/** @param {Element} into @param {number} index @param {Row} row @param {Scene} scene @param {Frame} frame */
function drawRow(into, index, row, scene, frame) {
  const { run, lanes, rows } = scene;
  const lane = lanes.of[run.who[row.main]];
  const x = middleOf(lane, frame);
  const y = lineOf(index);
  const light = lightOfRow(scene, row);
  const kind = run.kind[row.main];
  const bad = isFailure(scene, row.main) || isFailure(scene, row.arrived);
  const tone = `${light}${bad ? " bad" : ""}${rows.finder?.has(row.main) ? " found" : ""}`;
  if (kind === KIND.restart) drawBracket(into, index, row.main, x, scene);
  drawSign(into, kind, x, y, tone);
  // What arrives further down is told where it was sent; there only its end is to be seen.
  const told = kind === KIND.arrived && row.from > 0;
  const words = told ? run.saying(row.main) : wordsOf(run, row);
  const peer = run.peer[row.main];
  const other = peer >= 0 ? lanes.of[peer] : -1;
  const goesLeft = kind === KIND.sent && other >= 0 && other < lane;
  const straight = goesLeft && row.arrived > 0;
  const begin = straight ? Math.max(middleOf(other, frame), frame.left + frame.time) + 10 : x + (kind === KIND.sent ? 10 : 12);
  const room = frame.right - begin - 6;
  const font = light === " self" ? `600 ${WORDS_FONT}` : WORDS_FONT;
  const long = widthOf(words, font);
  // Whose line goes to the left has its words there, and whoever has no room on the right.
  const leftRoom = x - frame.left - frame.time - 16;
  const left = !straight && leftRoom > 60 && (goesLeft || (room < long && leftRoom > room));
  const attributes = left ? { x: x - 12, "text-anchor": "end" } : { x: begin, "text-anchor": "start" };
  const shown = shortened(words, font, left ? leftRoom : room);
  const text = shape("text", { ...attributes, y: y - 5, class: `words${tone}${told ? " again" : ""}` }, shown);
  if (shown !== words) text.append(shape("title", {}, words));
  into.append(text);
}

/** @param {Run} run @param {Row} row */
function wordsOf(run, row) {
  const says = run.saying(row.arrived > 0 ? row.arrived : row.main);
  if (run.kind[row.main] !== KIND.birth) return says;
  const nth = run.name(run.who[row.main]).match(/#\d+$/);
  return nth ? `${nth[0]} ${says}` : says;
}

/** As much of a text as there is room for. @param {string} words @param {string} font @param {number} room */
function shortened(words, font, room) {
  if (widthOf(words, font) <= room) return words;
  let [low, high] = [3, words.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (widthOf(`${words.slice(0, middle)}…`, font) <= room) low = middle;
    else high = middle - 1;
  }
  return `${words.slice(0, low)}…`;
}

/** The sign of an event on its lane. @param {Element} into @param {number} kind @param {number} x @param {number} y @param {string} tone */
function drawSign(into, kind, x, y, tone) {
  switch (kind) {
    case KIND.death:
      into.append(shape("path", { d: `M${x - 5} ${y - 9} l10 10 m0 -10 l-10 10`, class: `cross${tone}` }));
      break;
    case KIND.birth:
      into.append(shape("circle", { cx: x, cy: y - 4, r: 4.5, class: `born${tone}` }));
      break;
    case KIND.fault:
      into.append(shape("path", { d: `M${x + 2} ${y - 11} l-6 8 h7 l-5 8`, class: `cross${tone}` }));
      break;
    case KIND.restart: break;
    case KIND.givingUp:
      into.append(shape("path", { d: `M${x - 7} ${y - 8} h14 m0 5 h-14`, class: `cross${tone}` }));
      break;
    case KIND.sent: case KIND.arrived:
      into.append(shape("circle", { cx: x, cy: y, r: 2.2, class: `dot${tone}` }));
      break;
    default:
      into.append(shape("circle", { cx: x, cy: y - 4, r: 3, class: `dot${tone}` }));
  }
}

/** A restart as a bracket on the supervisor's lane, as long as it takes.
 * @param {Element} into @param {number} index @param {number} event @param {number} x @param {Scene} scene */
function drawBracket(into, index, event, x, scene) {
  const { run, rows } = scene;
  const end = Math.max(rowAfter(rows, endOfRestart(run, event)), index);
  const [y1, y2] = [index * ROW + 8, lineOf(end) + 3];
  const light = lightOf(scene, event);
  into.append(shape("path", { d: `M${x + 7} ${y1} h-9 v${y2 - y1} h9`, class: `bracket${light}` }));
}

/** The last birth of a restart: before its supervisor does something else. @param {Run} run @param {number} event */
function endOfRestart(run, event) {
  const supervisor = run.who[event];
  let [last, births] = [event, 0];
  for (let next = event + 1; next <= run.count && next < event + 4000; next++) {
    const kind = run.kind[next];
    if (kind === KIND.birth && run.people[run.who[next]].parent === supervisor) {
      last = next;
      births++;
    }
    if (run.who[next] !== supervisor) continue;
    const isOther = kind === KIND.took && (run.flags[next] & 1) === 0 && births > 0;
    if (isOther || kind === KIND.restart || kind === KIND.givingUp || kind === KIND.death) break;
  }
  return last;
}
