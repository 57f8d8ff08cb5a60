// What changes the daemon: a token is needed, which this tab remembers and nobody else does.

const KEY = "sluice-token";
const at = (id) => document.getElementById(id);

// Why the daemon refused, or an empty string.
export async function post(path) {
  const token = sessionStorage.getItem(KEY) ?? "";
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  try {
    const answer = await fetch(path, { method: "POST", headers });
    if (answer.ok) return "";
    return (await answer.json()).detail ?? `refused, ${answer.status}`;
  } catch {
    return "no answer from the daemon";
  }
}

// Whether the user has given a token to try.
export function askToken(refused) {
  at("refused").textContent = refused;
  at("token").value = "";
  at("ask").showModal();
  return new Promise((decide) => {
    at("ask").addEventListener("close", () => {
      const given = at("ask").returnValue === "yes" && at("token").value !== "";
      if (given) sessionStorage.setItem(KEY, at("token").value);
      decide(given);
    }, { once: true });
  });
}
