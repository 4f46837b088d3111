// What the page does beyond links and forms: it follows the journal, opens an
// exchange in place and answers the calculator in place. All that is seen is
// rendered by the server; this fetches the same pages and swaps parts in.
"use strict";

(() => {
  const byId = (id) => document.getElementById(id);

  // Fails where what comes is not the page with part `id`, such as a refusal.
  const load = async (url, id, options) => {
    const response = await fetch(url, options);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!page.getElementById(id)) throw new Error(`HTTP ${response.status} without #${id}`);
    return page;
  };

  // Takes part `id` of a fetched page over into this one.
  const swap = (page, id) => {
    const [here, there] = [byId(id), page.getElementById(id)];
    if (here && there) here.replaceChildren(...there.childNodes);
  };

  // Takes over which rows a table has. Those that are here stay as they are, so that a focus in them
  // stays too, and one that holds the focus goes later. Gives those that are new.
  const renew = (rows, fresh) => {
    const here = new Set([...rows.children].map((row) => row.dataset.id));
    const there = new Set(fresh.map((row) => row.dataset.id));
    const added = fresh.filter((row) => !here.has(row.dataset.id));
    rows.prepend(...added);
    for (const row of [...rows.children]) {
      if (!there.has(row.dataset.id) && !row.contains(document.activeElement)) row.remove();
    }
    return added;
  };

  // Listens to a stream of events while the page is shown. A browser has few
  // connections to one server (six, over HTTP/1.1), and a page that is left or
  // hidden would keep one. `missed` is called where events may have been missed.
  const subscribe = (url, missed, listeners) => {
    let source = null;
    const close = () => {
      source?.close();
      source = null;
    };
    const open = () => {
      if (source) return;
      source = new EventSource(url);
      source.addEventListener("missed", missed);
      for (const [name, listener] of Object.entries(listeners)) {
        source.addEventListener(name, listener);
      }
    };
    const resume = () => {
      open();
      missed();
    };
    if (!document.hidden) open();
    document.addEventListener("visibilitychange", () => (document.hidden ? close() : resume()));
    addEventListener("pagehide", close);
    addEventListener("pageshow", (event) => event.persisted && !document.hidden && resume());
  };

  // --- The sandbox's clock goes on from what it was when the page was made,
  // unless it is frozen.

  const clock = byId("clock");
  const ahead = Number(clock.dataset.millis) - Date.now();
  if (!clock.hasAttribute("data-frozen")) setInterval(() => {
    const now = new Date(Date.now() + ahead).toISOString();
    clock.dateTime = now;
    clock.textContent = `${now.slice(0, 10)} ${now.slice(11, 19)} UTC`;
  }, 1000);

  const list = byId("list");
  const split = document.querySelector(".split");

  // --- An exchange, opened and closed without losing the place in the list.

  let closing = null;

  const showOpened = (url) => {
    const opened = new URL(url).searchParams.get("exchange");
    split.toggleAttribute("data-opened", opened !== null);
    for (const row of list.querySelectorAll("tbody tr")) {
      const link = row.querySelector("a");
      if (row.dataset.id === opened) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };

  const open = async (url) => {
    let page;
    try {
      page = await load(url, "detail");
    } catch {
      // The browser shows what came instead, or why nothing came.
      if (location.href === url) location.assign(url);
      return;
    }
    // Replies can cross: only what was asked for last is shown.
    if (location.href !== url) return;
    swap(page, "detail");
    showOpened(url);
    byId("opened")?.focus();
  };

  const close = (url) => {
    const current = list.querySelector("[aria-current]");
    byId("detail").replaceChildren();
    showOpened(url);
    (closing && closing.isConnected ? closing : current)?.focus();
  };

  const follow = (url) => (new URL(url).searchParams.has("exchange") ? open(url) : close(url));

  if (list) {
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-open], a[data-close]");
      const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
      if (!link || !isPlain) return;
      event.preventDefault();
      if (link.hasAttribute("data-open")) closing = link;
      history.pushState(null, "", link.href);
      follow(link.href);
    });
    document.addEventListener("keydown", (event) => {
      const link = document.querySelector("a[data-close]");
      if (event.key === "Escape" && link) link.click();
    });
    addEventListener("popstate", () => follow(location.href));
  }

  // --- New exchanges, as they happen.

  const live = byId("live");
  const say = (text, state) => {
    live.hidden = false;
    live.textContent = text;
    live.dataset.state = state;
  };

  let arrived = [];
  let timer = null;
  let isStale = false;

  const refresh = async () => {
    isStale = false;
    const news = arrived;
    arrived = [];
    const url = location.href;
    const page = await load(url, "list");
    if (location.href !== url) {
      // Its links are those of another address.
      arrived = [...news, ...arrived];
      isStale = true;
      return;
    }
    const fresh = [...page.querySelectorAll("#list tbody tr")];
    const added = renew(list.querySelector("tbody"), fresh);
    for (const row of added) row.classList.add("new");
    list.querySelector(".empty")?.remove();
    list.querySelector(".pages").replaceChildren(...page.querySelector("#list .pages").childNodes);
    showOpened(location.href);
    announce(news);
  };

  const announce = (news) => {
    const last = news[news.length - 1];
    if (!last) return;
    const verdict = last.accepted ? "accepted" : "refused";
    const call = `${last.provider ?? ""} ${last.operation ?? "unknown path"}`;
    const many = news.length > 1 ? `${news.length} new exchanges, the last: ` : "";
    byId("news").textContent = `${many}Exchange ${last.id}, ${call}, ${verdict}.`;
  };

  // One at a time, so that no earlier reply comes after a later one.
  const expect = () => {
    isStale = true;
    timer ??= setTimeout(async () => {
      await refresh().catch(() => say("Not connected", "off"));
      timer = null;
      if (isStale) expect();
    }, 250);
  };

  if (list?.dataset.events) {
    subscribe(list.dataset.events, expect, {
      open: () => say("Live", "on"),
      error: () => say("Not connected", "off"),
      exchange: (event) => {
        arrived.push(JSON.parse(event.data));
        // What is announced is the last one and how many.
        if (arrived.length > 1000) arrived = arrived.slice(-1000);
        expect();
      },
    });
  }

  // --- Events and what becomes of them.

  const sent = byId("sent");
  let looking = null;

  const look = async () => {
    looking = null;
    const page = await load(location.pathname, "sent");
    const table = sent.querySelector("table");
    const fresh = [...page.querySelectorAll("#sent tbody tr")];
    renew(table.querySelector("tbody"), fresh);
    table.hidden = !table.querySelector("tbody tr");
    sent.querySelector(".empty")?.remove();
    if (table.hidden) table.before(...page.querySelectorAll("#sent .empty"));
    for (const cell of document.querySelectorAll("[data-count]")) swap(page, cell.id);
    byId("news").textContent = `${fresh.length} events`;
  };

  if (sent) {
    const soon = () => {
      looking ??= setTimeout(() => look().catch(() => {}), 250);
    };
    subscribe(sent.dataset.steps, soon, { step: soon });
  }

  // --- What became of the faults, counted on without touching the buttons.

  const faults = byId("faults");
  let counting = null;

  const count = async () => {
    counting = null;
    const page = await load(location.pathname, "faults");
    for (const cell of faults.querySelectorAll("[data-count]")) swap(page, cell.id);
  };

  if (faults) {
    const soon = () => {
      counting ??= setTimeout(() => count().catch(() => {}), 250);
    };
    subscribe(faults.dataset.counts, soon, { exchange: soon });
  }

  // --- The calculator, with what was typed left where it is.

  byId("calculator")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const body = new URLSearchParams(new FormData(form));
    let page;
    try {
      page = await load(form.action, "result", { method: "POST", body });
    } catch {
      form.submit();
      return;
    }
    swap(page, "result");
    byId("answer")?.focus();
  });
})();
