// @ts-check
// A pane with one run: it scrolls, and draws what is to be seen of it. Whoever cannot see it hears the rows as a list.

/** No lane is narrower. */
const LANE_LEAST = 84;
/** So many rows are drawn above and below what is to be seen. */
const SPARE = 8;

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
  }

  /** @param {Scene | null} scene @param {string} title */
  show(scene, title) {
    this.scene = scene;
    this.title.textContent = title;
    this.title.hidden = title === "";
    if (scene) this.redraw();
  }

  /** Draws anew, once, before the next frame. */
  request() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.redraw();
    });
  }

  laneWidth() {
    const count = Math.max(this.scene?.lanes.list.length ?? 1, 1);
    const room = this.scroller.clientWidth - TIME - MARGIN;
    return Math.max(LANE_LEAST, Math.min(230, Math.floor(room / count)));
  }

  redraw() {
    const { scene, scroller } = this;
    if (!scene || this.element.hidden) return;
    const lane = this.laneWidth();
    const width = Math.max(scroller.clientWidth, TIME + scene.lanes.list.length * lane + MARGIN);
    const count = scene.rows.list.length;
    this.body.style.height = `${Math.max(count, 1) * ROW + 12}px`;
    this.body.style.width = this.heads.style.width = `${width}px`;
    const top = scroller.scrollTop;
    const first = Math.max(0, Math.min(Math.floor(top / ROW) - SPARE, count - 1));
    const last = Math.min(count - 1, Math.ceil((top + scroller.clientHeight) / ROW) + SPARE);
    const [left, right] = [scroller.scrollLeft, scroller.scrollLeft + scroller.clientWidth];
    /** @type {Frame} */
    const frame = { first, last, seen: Math.ceil(top / ROW), left, right, lane, width };
    this.canvas.setAttribute("width", String(width));
    this.canvas.setAttribute("height", String((last - first + 1) * ROW + 12));
    this.canvas.setAttribute("viewBox", `0 ${first * ROW} ${width} ${(last - first + 1) * ROW + 12}`);
    this.canvas.style.transform = `translateY(${first * ROW}px)`;
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
    scene.lanes.list.forEach((lane, index) => {
      const x = TIME + index * frame.lane;
      if (x + frame.lane < frame.left || x > frame.right) return;
      const chosen = lane.lives.includes(scene.chosen) ? " chosen" : "";
      const head = made("button", { class: `head${chosen}${lane.folded > 0 ? " more" : ""}`, tabindex: "-1" });
      head.setAttribute("aria-label", lane.folded > 0 ? `${lane.title}: unfold` : scene.run.people[lane.lives[0]].name);
      head.style.left = `${x}px`;
      head.style.width = `${frame.lane}px`;
      const title = made("span", { class: "head-title" });
      put(title, lane.title, Math.floor((frame.lane - 6) / 7));
      const sub = made("span", { class: "head-sub" });
      sub.textContent = lane.sub;
      head.append(title, sub);
      head.title = lane.folded > 0 ? `${lane.title}: unfold` : scene.run.people[lane.lives[0]].name;
      head.addEventListener("click", () => this.onLane(lane));
      heads.push(head);
    });
    this.heads.replaceChildren(branches(scene.lanes.list, frame), ...heads);
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

  /** Brings a row into sight. @param {number} row @param {boolean} centred */
  reveal(row, centred) {
    if (row < 0) row = 0;
    const { scroller } = this;
    const [top, head] = [row * ROW, this.heads.offsetHeight];
    const room = scroller.clientHeight - head;
    const [above, below] = [scroller.scrollTop, scroller.scrollTop + room - 2 * ROW];
    if (centred) scroller.scrollTop = top - room / 2;
    else if (top < above + ROW) scroller.scrollTop = top - 2 * ROW;
    else if (top > below) scroller.scrollTop = top - room + 3 * ROW;
    this.request();
  }

  /** Brings a row to the height of another pane's. @param {number} row @param {Pane} other @param {number} theirs */
  level(row, other, theirs) {
    this.redraw();
    this.scroller.scrollTop = other.scroller.scrollTop + (row - theirs) * ROW;
    this.reveal(row, false);
  }

  /** Brings a lane into sight. @param {number} lane */
  revealLane(lane) {
    if (lane < 0) return;
    const { scroller } = this;
    const width = this.laneWidth();
    const x = TIME + lane * width;
    if (x < scroller.scrollLeft + TIME) scroller.scrollLeft = x - TIME - width;
    else if (x + width > scroller.scrollLeft + scroller.clientWidth) scroller.scrollLeft = x + 2 * width - scroller.clientWidth;
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const { scene } = this;
    if (!scene) return;
    const box = this.body.getBoundingClientRect();
    const row = scene.rows.list[Math.floor((event.clientY - box.top) / ROW)];
    if (!row) return;
    const lane = Math.floor((event.clientX - box.left - TIME) / this.laneWidth());
    // Of a message it is the end that was clicked.
    const ends = [row.took, row.arrived, row.main].filter((end) => end > 0);
    const meant = ends.find((end) => scene.lanes.of[scene.run.who[end]] === lane) ?? row.main;
    this.onPick(meant, scene.run.who[meant]);
  }
}

/** So much of the head is for the lines that say who supervises whom, and so far apart are those of a level. */
const CROWN = 13;
const LEVEL = 3;

/** Who supervises whom, above their names. @param {Lane[]} lanes @param {Frame} frame */
function branches(lanes, frame) {
  const all = shape("svg", { width: frame.width, height: CROWN, class: "branches", "aria-hidden": "true" });
  lanes.forEach((lane, index) => {
    const y = 2.5 + Math.min(lane.depth, 2) * LEVEL;
    const from = middleOf(index, frame) + 3;
    let [to, ticks] = [0, ""];
    for (let below = index + 1; below < lanes.length && lanes[below].depth > lane.depth; below++) {
      if (lanes[below].depth > lane.depth + 1) continue;
      to = middleOf(below, frame);
      if (to > frame.left && to < frame.right) ticks += ` M${to} ${y} V${CROWN}`;
    }
    if (to > 0) all.append(shape("path", { d: `M${from} ${CROWN} V${y} H${to}${ticks}` }));
  });
  return all;
}

/** A name in two lines if it does not fit into one, broken where a part of it ends.
 * @param {HTMLElement} into @param {string} name @param {number} letters */
function put(into, name, letters) {
  if (name.length <= letters) {
    into.textContent = name;
    return;
  }
  const ends = [...name.matchAll(/[._/-](?=.)|[a-z](?=[A-Z])/g)].map((found) => found.index + 1);
  const end = ends.filter((end) => end <= letters).pop() ?? Math.min(letters, Math.ceil(name.length / 2));
  into.append(name.slice(0, end), document.createElement("br"), fitted(name.slice(end), letters));
}

/** The end of a name says which one it is. @param {string} name @param {number} letters */
function fitted(name, letters) {
  return name.length <= letters ? name : `…${name.slice(name.length - Math.max(letters - 1, 4))}`;
}

/** An element with attributes. @param {string} name @param {Record<string, string>} [attributes] @param {string} [text] */
function made(name, attributes = {}, text) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}
