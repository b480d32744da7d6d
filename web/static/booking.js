// Shows the page in the browser's time zone, once: an address that names a zone is left
// as it is. Keeps a form from being sent twice. Without scripts the page has a button
// for the zone, and the server tells a second click from another booking.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const shown = document.querySelector("[data-detect]");
const address = new URL(location.href);
if (shown && zone && zone !== shown.dataset.detect && !address.searchParams.has("zone")) {
  address.searchParams.set("zone", zone);
  location.replace(address);
}

for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", () => {
    // Later: a button that is disabled now would not be sent along.
    setTimeout(() => {
      for (const button of form.querySelectorAll("button")) button.disabled = true;
    });
  });
}
// The browser may show the page as it was left.
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button")) button.disabled = false;
});
