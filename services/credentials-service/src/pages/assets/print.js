// Printing needs the browser; without scripts the button stays away and the PDF remains.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
