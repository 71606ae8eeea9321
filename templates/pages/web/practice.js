// Comfort only: every page works without this file. While an answer is typed it is saved, and the page says how it is read.
"use strict";
(() => {
  const page = document.body.dataset, root = document.documentElement;
  const words = JSON.parse(root.dataset.words), language = root.lang === "en" ? [] : root.lang;
  const form = document.querySelector("form.question");
  const where = page.save || (page.question ? "/read" : "");
  const told = document.getElementById("saved");
  const changed = new Set();  // parts whose echo is to come
  let waiting = 0, busy = null, unsaved = false;

  function fields(part) {
    const data = new URLSearchParams(new FormData(form));
    data.set("part", part);
    if (page.question) {
      data.set("question", page.question);
      data.set("seed", page.seed);
    }
    return {method: "POST", body: data, headers: {"x-csrf": page.csrf}, keepalive: true};  // it outlives the page
  }

  async function save(part) {
    unsaved = false;
    try {
      const answer = await fetch(where, {...fields(part), signal: AbortSignal.timeout(20000)});
      const found = await answer.json().catch(() => ({error: words.unsaved}));
      const echo = document.querySelector(`[data-part="${CSS.escape(part)}"] .echo`);
      if (answer.ok) echo.innerHTML = found.fault ? "" : found.read ? words.read.replace("{}", () => found.read) : "";
      if (answer.ok && found.fault) echo.textContent = found.fault;
      if (told) told.textContent = answer.ok ? words.saved.replace("{}", new Date().toLocaleTimeString(language)) : found.error;
    } catch (error) {
      unsaved = true;
      changed.add(part);
      if (told) told.textContent = words.offline;
      waiting = setTimeout(flush, 4000);
      return false;
    }
    return true;
  }

  // one after the other: an older text must not arrive behind a newer one
  function flush() {
    clearTimeout(waiting);
    if (busy || !changed.size) return busy;
    busy = (async () => {
      for (let going = true; going && changed.size;) {
        const [part] = changed;
        changed.delete(part);
        going = await save(part);
      }
    })().finally(() => { busy = null; });
    return busy;
  }

  if (form && where) {
    form.addEventListener("input", (event) => {
      const answer = event.target.closest("[data-part]");
      if (!answer) return;
      changed.add(answer.dataset.part);
      unsaved = true;
      clearTimeout(waiting);
      waiting = setTimeout(flush, 400);
    });
    form.addEventListener("submit", (event) => {  // it carries all fields; what is under way goes first
      clearTimeout(waiting);
      changed.clear();
      unsaved = false;
      if (!busy) return;
      event.preventDefault();
      Promise.race([busy, new Promise((done) => setTimeout(done, 3000))]).then(() => { busy = null; form.requestSubmit(event.submitter); });
    });
    addEventListener("pagehide", () => {  // by a link, or the window was closed
      if (unsaved) fetch(where, fields([...changed][0] ?? "")).catch(() => {});
    });
    for (const none of form.querySelectorAll('input[name$=":none"]')) {  // "none of these", or some of them
      const all = none.closest("[role=group]");
      all.addEventListener("change", (event) => {
        if (event.target === none && none.checked) for (const box of all.querySelectorAll("input")) box.checked = box === none;
        else if (event.target.checked) none.checked = false;
      });
    }
  }

  const clock = document.getElementById("clock");
  if (clock && page.left) {
    const until = Date.now() + 1000 * page.left;  // of this computer's own clock, whatever it says
    let told5 = page.left < 300;
    const tick = () => {
      const left = Math.max(0, Math.round((until - Date.now()) / 1000));
      clock.textContent = words.left.replace("{}", `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`);
      clock.classList.toggle("late", left < 300);
      if (left < 300 && !told5) {
        told5 = true;
        told.textContent = words.five;  // it is read out
      }
      if (left) return;
      clearInterval(timer);
      clock.textContent = words.up;
      if (changed.size) flush();
      setTimeout(() => { location.href = page.base; }, 32000);  // what was on its way is there by then
    };
    const timer = setInterval(tick, 1000);
    tick();
  }

  for (const time of document.querySelectorAll("time[datetime]")) {  // in the time of whoever reads it
    time.textContent = new Date(time.dateTime).toLocaleString(language, {dateStyle: "medium", timeStyle: "short"});
  }

  for (const text of document.querySelectorAll(".text")) {  // what is too wide is scrolled by keyboard too
    if (text.scrollWidth > text.clientWidth) { text.tabIndex = 0; text.setAttribute("role", "group"); text.setAttribute("aria-label", words.wide); }
  }

  const part = location.hash.startsWith("#part-") && document.getElementById(location.hash.slice(1));
  if (part) part.focus({preventScroll: true});
})();
