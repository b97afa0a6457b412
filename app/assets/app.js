const $ = (id) => document.getElementById(id);
const tenant = $("tenant");
tenant.value = localStorage.getItem("tenant") ?? newTenant();

// crypto.randomUUID exists only on secure origins, and a port-forward is plain HTTP on localhost or an address.
function newTenant() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

async function call(method, path, body) {
  const headers = { "x-tenant-id": tenant.value.trim() };
  if (body) headers["content-type"] = "application/json";
  const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  $("served").textContent = `served by ${response.headers.get("x-served-by")}`;
  if (response.status === 204) return null;
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? answer.title);
  return answer;
}

// textContent everywhere: a note is data, never markup.
function element(tag, text, children = []) {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  node.append(...children);
  return node;
}

function item(note) {
  const remove = element("button", "Delete");
  remove.onclick = () => attempt(() => call("DELETE", `/api/notes/${note.id}`));
  const time = element("time", new Date(note.created_at).toLocaleString());
  return element("li", undefined, [element("strong", note.title), element("p", note.body), time, element("div", undefined, [remove])]);
}

async function attempt(action) {
  $("status").textContent = "";
  try {
    await action();
    const { notes } = await call("GET", "/api/notes?limit=50");
    $("notes").replaceChildren(...notes.map(item));
  } catch (error) {
    $("status").textContent = error.message;
  }
}

$("create").onsubmit = (event) => {
  event.preventDefault();
  const form = event.target;
  attempt(async () => {
    await call("POST", "/api/notes", { title: form.elements.title.value, body: form.elements.body.value });
    form.reset();
  });
};
tenant.onchange = () => {
  localStorage.setItem("tenant", tenant.value.trim());
  attempt(() => undefined);
};
localStorage.setItem("tenant", tenant.value);
attempt(() => undefined);
