// Which lines are closed at this moment, at the top of every page of the studio.

const banner = document.getElementById("closed");
const told = await fetch(`/admin/notices/closed?lang=${document.documentElement.lang}`, { headers: { accept: "application/json" } }).catch(() => null);
if (banner && told?.ok) {
  const { words } = await told.json();
  if (words) {
    banner.querySelector("a").textContent = words;
    banner.hidden = false;
  }
}
