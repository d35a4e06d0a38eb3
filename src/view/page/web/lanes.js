// @ts-check
// A pane with one run: it scrolls, and draws what is to be seen of it. Whoever cannot see it hears the rows as a list.

/** No lane is narrower, none wider, and none wide enough for the last one's words to have less than a whole margin. */
const LANE_LEAST = 62;
const LANE_WIDE = 110;
const LANE_MOST = 230;
/** So many rows are drawn above and below what is to be seen, and so many pixels at its sides. */
const SPARE = 8;
const SPARE_ASIDE = 240;

class Pane {
  /** @param {HTMLElement} element @param {string} label @param {(event: number, who: number) => void} onPick
   *  @param {(lane: Lane) => void} onLane */
  constructor(element, label, onPick, onLane) {
    this.element = element;
    this.onPick = onPick;
    this.onLane = onLane;
    /** @type {Scene | null} */
    this.scene = null;
    this.title = made("div", { class: "pane-title" });
    this.heads = made("div", { class: "heads" });
    this.body = made("div", { class: "rows", role: "listbox", tabindex: "0", "aria-label": label });
    this.canvas = /** @type {SVGSVGElement} */ (document.createElementNS(SVG, "svg"));
    this.canvas.setAttribute("aria-hidden", "true");
    this.options = made("div", { class: "options" });
    this.empty = made("p", { class: "empty" });
    this.body.append(this.canvas, this.options);
    this.scroller = made("div", { class: "scroller" });
    this.scroller.append(this.heads, this.body, this.empty);
    element.replaceChildren(this.title, this.scroller);
    this.scroller.addEventListener("scroll", () => this.request());
    this.body.addEventListener("click", (event) => this.clicked(event));
    new ResizeObserver(() => this.request()).observe(element);
    this.waiting = false;
    /** What there is room for, and where it has been scrolled to. */
    this.room = { width: 0, height: 0, head: 0, top: 0, left: 0 };
    /** What has been drawn last: nothing is drawn twice. */
    this.drawn = "";
    this.version = 0;
  }

  /** Reads what there is room for. To ask is dear when something has been changed just before, so it comes first. */
  measure() {
    const { scroller, heads } = this;
    const [width, height, head] = [scroller.clientWidth, scroller.clientHeight, heads.offsetHeight];
    this.room = { width, height, head, top: scroller.scrollTop, left: scroller.scrollLeft };
  }

  /** Which run it shows. @param {string} title */
  name(title) {
    this.title.textContent = title;
    this.title.hidden = title === "";
  }

  /** Draws a scene as it is now, scrolled to a place. @param {Scene} scene @param {number} top */
  show(scene, top) {
    this.scene = scene;
    this.version++;
    const { room, scroller } = this;
    const most = room.head + this.fit(scene) - room.height;
    top = Math.round(Math.max(0, Math.min(top, most)));
    if (top !== room.top) scroller.scrollTop = room.top = top;
    this.redraw();
  }

  /** Draws anew, once, before the next frame. */
  request() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.measure();
      if (this.scene && !this.element.hidden) this.fit(this.scene);
      this.redraw();
    });
  }

  /** How wide a lane is: all of them are to be seen at once, unless they are too many for that. */
  laneWidth() {
    if (!this.scene) return LANE_MOST;
    const count = Math.max(this.scene.lanes.list.length, 1);
    const room = this.room.width - this.scene.time;
    const wide = (room - MARGIN) / count;
    const lane = wide > LANE_WIDE ? wide : Math.min(LANE_WIDE, (room - MARGIN_LEAST) / count);
    return Math.floor(Math.max(LANE_LEAST, Math.min(LANE_MOST, lane)));
  }

  /** How many lanes are to be seen without scrolling, about. */
  lanesAtOnce() {
    return Math.floor((this.room.width - TIME_USUAL - MARGIN_LEAST) / LANE_LEAST);
  }

  /** How wide everything is. @param {Scene} scene */
  width(scene) {
    const long = scene.time + scene.lanes.list.length * this.laneWidth();
    // What goes over the edge by less than a margin does not scroll: the words of the last lane stand at its left.
    return Math.max(this.room.width, long);
  }

  /** Makes room for all rows and lanes, and says how high that is. @param {Scene} scene */
  fit(scene) {
    const [width, height] = [this.width(scene), Math.max(scene.rows.list.length, 1) * ROW + 12];
    const size = `${width} ${height}`;
    if (this.body.dataset.size === size) return height;
    this.body.dataset.size = size;
    this.body.style.height = `${height}px`;
    this.body.style.width = this.heads.style.width = `${width}px`;
    return height;
  }

  redraw() {
    const { scene, room } = this;
    if (!scene || this.element.hidden) return;
    const width = this.width(scene);
    const count = scene.rows.list.length;
    const first = Math.max(0, Math.min(Math.floor(room.top / ROW) - SPARE, count - 1));
    const last = Math.min(count - 1, Math.ceil((room.top + room.height) / ROW) + SPARE);
    const [left, right] = [room.left, room.left + room.width];
    /** @type {Frame} */
    const frame = {
      first, last, seen: Math.ceil(room.top / ROW), left, right, lane: this.laneWidth(), width, time: scene.time,
      near: Math.max(0, left - SPARE_ASIDE), far: Math.min(width, right + SPARE_ASIDE),
    };
    const drawn = `${this.version} ${Object.values(frame)}`;
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const [wide, high] = [frame.far - frame.near, Math.max(last - first + 1, 0) * ROW + 12];
    this.canvas.setAttribute("width", String(wide));
    this.canvas.setAttribute("height", String(high));
    this.canvas.setAttribute("viewBox", `${frame.near} ${first * ROW} ${wide} ${high}`);
    this.canvas.style.transform = `translate(${frame.near}px, ${first * ROW}px)`;
    draw(this.canvas, scene, frame);
    this.drawHeads(scene, frame);
    this.drawOptions(scene, frame);
    this.empty.hidden = count > 0;
    this.empty.textContent = count > 0 ? "" : "Nothing of this run is shown: take something out of the filter.";
  }

  /** @param {Scene} scene @param {Frame} frame */
  drawHeads(scene, frame) {
    /** @type {HTMLElement[]} */
    const heads = [];
    const [first, last] = lanesIn(scene.lanes.list.length, frame);
    for (let index = first; index <= last; index++) {
      const lane = scene.lanes.list[index];
      const chosen = scene.chosen >= 0 && lane.folded === 0 && scene.lanes.of[scene.chosen] === index ? " chosen" : "";
      const head = made("button", { class: `head${chosen}${lane.folded > 0 ? " more" : ""}`, tabindex: "-1" });
      head.setAttribute("aria-label", lane.folded > 0 ? `${lane.title}: unfold` : scene.run.people[lane.lives[0]].name);
      head.style.left = `${frame.time + index * frame.lane}px`;
      head.style.width = `${frame.lane}px`;
      const title = made("span", { class: "head-title" });
      put(title, lane.title, frame.lane - 2, chosen !== "");
      const sub = made("span", { class: "head-sub" });
      sub.textContent = lane.sub;
      head.append(title, sub);
      head.title = lane.folded > 0 ? `${lane.title}: unfold` : scene.run.people[lane.lives[0]].name;
      head.addEventListener("click", () => this.onLane(lane));
      heads.push(head);
    }
    this.heads.replaceChildren(branches(scene.lanes, frame), ...heads);
  }

  /** The rows for whoever cannot see them. @param {Scene} scene @param {Frame} frame */
  drawOptions(scene, frame) {
    const options = [];
    for (let index = frame.first; index <= frame.last; index++) {
      const row = scene.rows.list[index];
      const option = made("div", {
        role: "option", id: `${this.element.id}-row-${index}`, class: "option",
        "aria-selected": String(index === scene.cursor), "aria-posinset": String(index + 1),
        "aria-setsize": String(scene.rows.list.length),
      });
      option.style.top = `${index * ROW}px`;
      const event = row.arrived || row.main;
      option.textContent = `step ${scene.run.step[event]}, ${scene.run.at[event]} ms: ${scene.run.sentence(row.main)}`;
      options.push(option);
    }
    this.options.replaceChildren(...options);
    const active = scene.cursor >= frame.first && scene.cursor <= frame.last;
    if (active) this.body.setAttribute("aria-activedescendant", `${this.element.id}-row-${scene.cursor}`);
    else this.body.removeAttribute("aria-activedescendant");
  }

  /** Where to scroll to, so that a row is in sight. @param {number} row @param {boolean} centred
   * @param {number} [top] Where it would stand without. */
  placeOf(row, centred, top = this.room.top) {
    const at = Math.max(row, 0) * ROW;
    const { height, head } = this.room;
    const seen = height - head;
    if (centred) return at - seen / 2;
    if (at < top + ROW) return at - 2 * ROW;
    return at > top + seen - 2 * ROW ? at - seen + 3 * ROW : top;
  }

  /** Brings a lane into sight. @param {number} lane */
  revealLane(lane) {
    if (lane < 0) return;
    const { scroller, scene } = this;
    if (!scene) return;
    const width = this.laneWidth();
    const time = scene.time;
    const x = time + lane * width;
    if (x < scroller.scrollLeft + time) scroller.scrollLeft = x - time - width;
    else if (x + width > scroller.scrollLeft + scroller.clientWidth) scroller.scrollLeft = x + 2 * width - scroller.clientWidth;
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const { scene } = this;
    if (!scene) return;
    const box = this.body.getBoundingClientRect();
    const row = scene.rows.list[Math.floor((event.clientY - box.top) / ROW)];
    if (!row) return;
    const lane = Math.floor((event.clientX - box.left - scene.time) / this.laneWidth());
    // Of a message it is the end that was clicked.
    const ends = [row.took, row.arrived, row.main].filter((end) => end > 0);
    const meant = ends.find((end) => scene.lanes.of[scene.run.who[end]] === lane) ?? row.main;
    this.onPick(meant, scene.run.who[meant]);
  }
}

/** So much of the head is for the lines that say who supervises whom, and so far apart are those of a level. */
const CROWN = 13;
const LEVEL = 3;

/** Who supervises whom, above their names. @param {Lanes} lanes @param {Frame} frame */
function branches(lanes, frame) {
  const [near, far] = [frame.near, frame.far];
  const all = shape("svg", {
    width: far - near, height: CROWN, viewBox: `${near} 0 ${far - near} ${CROWN}`, class: "branches", "aria-hidden": "true",
  });
  all.style.left = `${near}px`;
  for (const { lane, below } of lanes.branches) {
    const from = middleOf(lane, frame) + 3;
    const to = middleOf(below[below.length - 1], frame);
    if (from > far || to < near) continue;
    const y = 2.5 + Math.min(lanes.list[lane].depth, 2) * LEVEL;
    let ticks = "";
    const [first, last] = lanesIn(lanes.list.length, frame);
    for (let nth = upTo(below, first - 1); nth < below.length && below[nth] <= last; nth++) {
      ticks += ` M${middleOf(below[nth], frame)} ${y} V${CROWN}`;
    }
    const begin = from < near ? `M${near} ${y}` : `M${from} ${CROWN} V${y}`;
    all.append(shape("path", { d: `${begin} H${Math.min(to, far)}${ticks}` }));
  }
  return all;
}

/** The first and the last lane of a window. @param {number} count @param {Frame} frame @returns {[number, number]} */
function lanesIn(count, frame) {
  const at = (/** @type {number} */ x) => Math.floor((x - frame.time) / frame.lane);
  return [Math.max(0, at(frame.near)), Math.min(count - 1, at(frame.far))];
}

/** A name in as few lines as there is room for, broken where a part of it ends, and in small letters if it takes three.
 * @param {HTMLElement} into @param {string} name @param {number} room @param {boolean} bold */
function put(into, name, room, bold) {
  const [usual, less] = [NAME_FONT, SMALL_FONT].map((font) => (bold ? `600 ${font}` : font));
  let lines = linesOf(name, room, usual);
  const small = lines.length > 2 || lines.some((line) => widthOf(line, usual) > room);
  if (small) lines = linesOf(name, room, less);
  into.classList.toggle("small", small);
  // The end of a name says which one it is.
  if (lines.length > 3) lines = [lines[0], lines.slice(1, -1).join(""), lines[lines.length - 1]];
  lines.forEach((line, nth) => {
    if (nth > 0) into.append(document.createElement("br"));
    into.append(shortened(line, small ? less : usual, room));
  });
}

/** A name, broken where parts of it end. @param {string} name @param {number} room @param {string} font */
function linesOf(name, room, font) {
  /** @type {string[]} */
  const lines = [];
  for (const part of name.split(/(?<=[._/-])(?=.)|(?<=[a-z])(?=[A-Z])/)) {
    const longer = `${lines[lines.length - 1] ?? ""}${part}`;
    if (lines.length > 0 && widthOf(longer, font) <= room) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines;
}

/** An element with attributes. @param {string} name @param {Record<string, string>} [attributes] @param {string} [text] */
function made(name, attributes = {}, text) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}
