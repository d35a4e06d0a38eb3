// @ts-check
// Which lanes and rows a run has, under what the reader wants to see: a lane a place of the tree, a row an event, or a
// message from its sending to its being taken where nothing comes between.

/**
 * @typedef {{fold: boolean, only: number, hidden: Set<string>, query: string, filter: boolean, open: Set<string>}} Wish
 *   `only` is a process whom all that is shown has to do with, or -1; `hidden` and `open` are lanes by their keys.
 * @typedef {{key: string, title: string, sub: string, lives: number[], depth: number, folded: number, parent: string}} Lane
 * @typedef {{main: number, from: number, arrived: number, took: number}} Row
 *   `main` is the event it is about, `from` the one that sent what arrives in it; 0 where there is none.
 * @typedef {{from: number, to: number, sent: number, arrived: number}} Arrow  Between rows.
 */

/** Of more leaves of one supervisor than both together the first are shown. */
const LEAVES = { shown: 6, slack: 10 };

/** Everybody in lanes, ordered by supervisor. */
class Lanes {
  /** @param {Run} run @param {Wish} wish @param {Set<string> | null} kept The names of those whose lanes are not folded.
   * @param {number} most For so many lanes there is room. */
  constructor(run, wish, kept, most) {
    this.run = run;
    /** @type {Lane[]} */
    this.list = [];
    this.of = new Int32Array(run.people.length).fill(-1);
    this.foldedPeople = 0;
    /** @type {Map<string, number[]>} */
    const places = new Map();
    run.people.forEach((person, who) => {
      const known = places.get(person.base);
      if (known) known.push(who);
      else places.set(person.base, [who]);
    });
    /** @type {Map<string, string[]>} */
    const below = new Map();
    /** @type {string[]} */
    const roots = [];
    for (const [place, lives] of places) {
      const parent = run.people[lives[0]].parent;
      const above = parent < 0 ? null : run.people[parent];
      if (!above || above.boot) roots.push(place);
      else if (below.has(above.base)) below.get(above.base)?.push(place);
      else below.set(above.base, [place]);
    }
    /** @param {string} place */
    const first = (place) => run.people[/** @type {number[]} */ (places.get(place))[0]];
    // Who asks stands on the left, and whoever boots everything last of all.
    /** @param {string} place */
    const rank = (place) => (first(place).boot ? 2 : first(place).client ? 0 : 1);
    roots.sort((one, other) => rank(one) - rank(other));
    /** @type {Lane[]} */
    const all = [];
    /** @param {string} place @param {number} depth @param {string} parent */
    const walk = (place, depth, parent) => {
      const lives = /** @type {number[]} */ (places.get(place));
      if (wish.fold && first(place).boot) return;
      all.push(...lanesOf(run, place, lives, depth, parent));
      const children = below.get(place) ?? [];
      const isLeaf = (/** @type {string} */ child) => !below.has(child);
      // Leaves first, then who has children of his own: what belongs together stands together.
      for (const child of [...children.filter(isLeaf), ...children.filter((child) => !isLeaf(child))]) {
        walk(child, depth + 1, place);
      }
    };
    roots.forEach((place) => walk(place, 0, ""));
    const crowded = kept !== null && all.length > most;
    this.put(all, wish, kept, crowded ? { shown: 0, slack: 0 } : LEAVES, new Set(below.keys()));
    this.branches = branchesOf(this.list);
  }

  /** Folds what is too much, and leaves out what is hidden.
   * @param {Lane[]} all @param {Wish} wish @param {Set<string> | null} kept @param {{shown: number, slack: number}} few
   * @param {Set<string>} parents */
  put(all, wish, kept, few, parents) {
    /** @type {Map<string, number>} */
    const leaves = new Map();
    for (const lane of all) {
      if (!parents.has(placeOf(lane.key))) leaves.set(lane.parent, (leaves.get(lane.parent) ?? 0) + 1);
    }
    /** @type {Map<string, number>} */
    const shown = new Map();
    /** @type {Map<string, Lane>} */
    const rest = new Map();
    for (const lane of all) {
      if (wish.hidden.has(lane.key)) continue;
      const key = `${lane.parent}/…`;
      const many = (leaves.get(lane.parent) ?? 0) > few.shown + few.slack && !wish.open.has(key);
      const isLeaf = !parents.has(placeOf(lane.key));
      const isKept = kept !== null && lane.lives.length < 1000 && lane.lives.some((who) => kept.has(this.run.people[who].name));
      const nth = (shown.get(lane.parent) ?? 0) + (isLeaf ? 1 : 0);
      if (!many || !isLeaf || isKept || nth <= few.shown) {
        shown.set(lane.parent, nth);
        this.add(lane);
        continue;
      }
      let folded = rest.get(key);
      if (!folded) {
        folded = { key, title: "", sub: "", lives: [], depth: lane.depth, folded: 0, parent: lane.parent };
        rest.set(key, folded);
        this.add(folded);
      }
      folded.folded++;
      for (const who of lane.lives) folded.lives.push(who);
    }
    for (const lane of rest.values()) {
      lane.title = `… ${grouped(lane.folded)} more`;
      this.foldedPeople += lane.lives.length;
      const index = this.list.indexOf(lane);
      for (const who of lane.lives) this.of[who] = index;
    }
  }

  /** @param {Lane} lane */
  add(lane) {
    for (const who of lane.lives) this.of[who] = this.list.length;
    this.list.push(lane);
  }
}

/** @param {string} key */
function placeOf(key) {
  const end = key.lastIndexOf("~");
  return end < 0 ? key : key.slice(0, end);
}

/** Which lanes stand below which, of those that have some. @param {Lane[]} lanes
 * @returns {{lane: number, below: number[]}[]} */
function branchesOf(lanes) {
  /** @type {{lane: number, below: number[]}[]} */
  const branches = [];
  /** Those that may get more, from the first supervisor on. @type {{lane: number, below: number[]}[]} */
  const open = [];
  lanes.forEach(({ depth }, lane) => {
    while (open.length > 0 && lanes[open[open.length - 1].lane].depth >= depth) open.pop();
    const above = open[open.length - 1];
    if (above && depth === lanes[above.lane].depth + 1) {
      if (above.below.length === 0) branches.push(above);
      above.below.push(lane);
    }
    open.push({ lane, below: [] });
  });
  return branches;
}

/** The lanes of a place: one, but that who lives at the same time stands beside.
 * @param {Run} run @param {string} place @param {number[]} lives @param {number} depth @param {string} parent
 * @returns {Lane[]} */
function lanesOf(run, place, lives, depth, parent) {
  /** @type {Lane[]} */
  const lanes = [];
  const ending = lives.filter((who) => run.people[who].death > 0);
  ending.sort((one, other) => run.people[one].death - run.people[other].death);
  /** Which lanes are free, in order, and in which everybody is. @type {number[]} */
  const free = [];
  /** @type {Map<number, number>} */
  const laneOf = new Map();
  let ended = 0;
  for (const who of lives) {
    const person = run.people[who];
    for (; ended < ending.length && run.people[ending[ended]].death < person.birth; ended++) {
      const freed = laneOf.get(ending[ended]) ?? 0;
      free.splice(upTo(free, freed), 0, freed);
    }
    const slot = free.shift() ?? lanes.length;
    if (!lanes[slot]) {
      const key = slot === 0 ? place : `${place}~${slot + 1}`;
      const sub = person.dynamic ? `#${person.name.split("#").pop()}` : "";
      lanes.push({ key, title: person.label, sub, lives: [], depth, folded: 0, parent });
    }
    lanes[slot].lives.push(who);
    laneOf.set(who, slot);
  }
  return lanes;
}

/** The rows of a run, and the arrows between them. */
class Rows {
  /** @param {Run} run @param {Lanes} lanes @param {Wish} wish @param {Finder | null} finder */
  constructor(run, lanes, wish, finder) {
    this.run = run;
    /** @type {Row[]} */
    this.list = [];
    this.of = new Int32Array(run.count + 1).fill(-1);
    /** @type {Arrow[]} */
    this.arrows = [];
    this.folded = 0;
    for (let event = 1; event <= run.count; event++) {
      if (!isSeen(run, lanes, wish, event) || (wish.filter && finder !== null && !finder.has(event))) {
        this.folded++;
        continue;
      }
      this.place(event, wish.fold);
    }
    this.indexArrows();
    /** The rows in which what is looked for is, in order. @type {number[]} */
    this.found = [];
    /** In how many events it is. */
    this.matches = 0;
    /** @type {Finder | null} */
    this.finder = null;
    this.look(finder);
  }

  /** Marks what is looked for: nothing else of the rows depends on it, unless only that is to be shown.
   * @param {Finder | null} finder */
  look(finder) {
    this.finder = finder;
    this.found = [];
    this.matches = 0;
    if (!finder) return;
    let last = -1;
    for (let event = 1; event <= this.run.count; event++) {
      if (!finder.has(event)) continue;
      this.matches++;
      if (this.of[event] > last) this.found.push(last = this.of[event]);
    }
  }

  /** @param {number} event @param {boolean} merges */
  place(event, merges) {
    const { run, list } = this;
    const kind = run.kind[event];
    const last = list.length - 1;
    if (kind === KIND.arrived) {
      const sent = this.sentOf(event);
      if (sent > 0 && this.of[sent] >= 0) {
        const row = list[last];
        if (merges && row.main === sent && row.arrived === 0) {
          row.arrived = event;
          this.of[event] = last;
        } else {
          this.push(event, sent);
        }
        this.arrows.push({ from: this.of[sent], to: this.of[event], sent, arrived: event });
        return;
      }
    }
    if (kind === KIND.took && merges && last >= 0) {
      const arrived = list[last].arrived || list[last].main;
      if (run.causesOf(event).includes(arrived) && run.kind[arrived] === KIND.arrived) {
        list[last].took = event;
        this.of[event] = last;
        return;
      }
    }
    this.push(event, 0);
  }

  /** @param {number} event @param {number} from */
  push(event, from) {
    this.of[event] = this.list.length;
    const arrived = this.run.kind[event] === KIND.arrived ? event : 0;
    this.list.push({ main: event, from, arrived, took: 0 });
  }

  /** The event that sent what arrives; 0 if a timer did. @param {number} event */
  sentOf(event) {
    return this.run.causesOf(event).find((cause) => this.run.kind[cause] === KIND.sent) ?? 0;
  }

  /** Long arrows by the blocks of rows that they cross, so that those of a window are found at once. */
  indexArrows() {
    /** @type {Map<number, Arrow[]>} */
    this.blocks = new Map();
    for (const arrow of this.arrows) {
      for (let block = arrow.from >> BLOCK; block <= arrow.to >> BLOCK; block++) {
        const known = this.blocks.get(block);
        if (known) known.push(arrow);
        else this.blocks.set(block, [arrow]);
      }
    }
  }

  /** The arrows that are to be seen between two rows. @param {number} first @param {number} last @returns {Arrow[]} */
  arrowsIn(first, last) {
    const found = new Set();
    for (let block = first >> BLOCK; block <= last >> BLOCK; block++) {
      for (const arrow of this.blocks?.get(block) ?? []) {
        if (arrow.from <= last && arrow.to >= first) found.add(arrow);
      }
    }
    return [...found];
  }

  /** The last row that is not after a step; -1 before the first. @param {number} step */
  atStep(step) {
    let [low, high] = [0, this.list.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.run.step[this.list[middle].main] <= step) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The step up to which a row tells. @param {number} row */
  stepOf(row) {
    const { main, arrived, took } = this.list[row];
    return Math.max(this.run.step[main], this.run.step[arrived], this.run.step[took]);
  }
}

/** An arrow is found by blocks of so many rows, as a power of two. */
const BLOCK = 6;

/** @param {Run} run @param {Lanes} lanes @param {Wish} wish @param {number} event */
function isSeen(run, lanes, wish, event) {
  const who = run.who[event];
  if (who < 0 || lanes.of[who] < 0) return false;
  const kind = run.kind[event];
  if (wish.fold) {
    if ((run.flags[event] & 1) > 0) return false;
    // That it stops a child is told by what it sends, and by the end of the child.
    if (kind === KIND.decision && run.saying(event).startsWith("stops ")) return false;
    // Whom nobody drew nobody hears.
    const other = run.peer[event];
    if ((kind === KIND.sent || kind === KIND.arrived) && other >= 0 && run.people[other].boot) return false;
  }
  if (wish.only < 0) return true;
  const lane = lanes.of[wish.only];
  const peer = run.peer[event];
  return lane === lanes.of[who] || (peer >= 0 && lanes.of[peer] === lane);
}

/** What is looked for: a text is looked through once, however many events say it. */
class Finder {
  /** @param {Run} run @param {string} query */
  constructor(run, query) {
    const wanted = query.toLowerCase();
    this.run = run;
    this.texts = Uint8Array.from(run.lowered(), (text) => Number(text.includes(wanted)));
  }

  /** @param {number} event */
  has(event) {
    const { run, texts } = this;
    return texts[run.words[event]] === 1 || this.names(run.who[event]) || this.names(run.peer[event]);
  }

  /** @param {number} who */
  names(who) {
    return who >= 0 && this.texts[this.run.raw.people[who][0]] === 1;
  }
}

/** `10,000`. @param {number} number */
function grouped(number) {
  return number.toLocaleString("en-US");
}
