"""index.html in a browser: Debian's Chromium, headless, from disk. It asks nobody for anything, writes no error, can be
used by mouse and by keyboard, keeps its contrast in both themes, and fits a phone. What it looks like is left as
pictures in SALLYPORT_SCREENSHOTS.

Run by ctest; by hand: SALLYPORT=build/dev/bin/sallyport /usr/bin/python3 targets/report/tests/page_test.py
"""

import base64
import copy
import json
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

from bundle_test import COVERAGE, NIGHT, QUICK, ROOT, run

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import Select
except ImportError:
    webdriver = None

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
SCREENSHOTS = os.environ.get("SALLYPORT_SCREENSHOTS")
HOSTILE = "<img src=x onerror=document.title='owned'>"
DESKTOP, PHONE = (1280, 1600), (390, 844)
CONTRAST_MIN = 4.5  # WCAG 2.2, 1.4.3

# The texts whose contrast with what lies behind them is too low, by their elements.
LOW_CONTRAST = """
const channel = (c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const luminance = ([r, g, b]) => 0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255);
const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
const behind = (element) => {
  for (let e = element; e; e = e.parentElement) {
    const color = parse(getComputedStyle(e).backgroundColor);
    if (color.length === 3 || color[3] > 0) return color;
  }
  return [255, 255, 255];
};
const low = [];
for (const element of document.querySelectorAll('body *')) {
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  if (!own || !element.checkVisibility() || element.closest('.hidden, script, style')) continue;
  const svg = element instanceof SVGElement;
  const front = parse(getComputedStyle(element)[svg ? 'fill' : 'color']);
  const flagged = svg && element.matches('.flag');
  const [a, b] = [luminance(front), luminance(flagged ? parse(getComputedStyle(
    element.parentElement.querySelector('.band')).fill) : behind(element))].sort((x, y) => y - x);
  if ((a + 0.05) / (b + 0.05) < arguments[0]) low.push(`${element.className.baseVal ?? element.className}: ${element.textContent}`);
}
return low;
"""


def why_not():
    if webdriver is None:
        return "python3-selenium isn't installed"
    if not CHROMIUM or not DRIVER:
        return "chromium or chromium-driver isn't installed"
    return None


def documents(root):
    """Results of every kind, one of them of somebody who means ill."""
    verify = json.loads(run("verify", *QUICK, "--format", "json").stdout)
    hostile = copy.deepcopy(next(row for row in verify["results"] if "witness" in row))
    hostile.update(subject=HOSTILE, detail=HOSTILE)
    hostile["witness"] = {"dialogue": [f"> S0: {HOSTILE}"]}
    verify["results"].append(hostile)
    night = copy.deepcopy(NIGHT)
    night["results"][0]["findings"][0]["detail"] = HOSTILE
    made = {
        "verify": verify,
        "night": night,
        "coverage": COVERAGE,
        "matrix": json.loads(run("faults", "--matrix", "--fault", "advertise-ntlm,refuse-id,pool-key-omits-user", *QUICK,
                                 "--format", "json").stdout),
    }
    for name, document in made.items():
        (root / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    return [*(root / f"{name}.json" for name in made), ROOT / "docs" / "servers.json"]


@unittest.skipIf(why_not(), why_not())
class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        root = pathlib.Path(temporary.name)
        done = run("report", *documents(root), "--output", root / "bundle")
        if done.returncode != 0:
            raise AssertionError(done)
        # Alone: the page needs nothing of what lies beside it.
        alone = root / "alone"
        alone.mkdir()
        cls.file = shutil.copy(root / "bundle" / "index.html", alone)
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={root}/profile"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        cls.browser = webdriver.Chrome(service=Service(DRIVER), options=options)
        cls.addClassCleanup(cls.browser.quit)

    def setUp(self):
        self.show(DESKTOP)

    def show(self, size, theme="light", fragment=""):
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE})
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": theme}, {"name": "prefers-reduced-motion", "value": "reduce"}]})
        self.browser.get("about:blank")
        self.browser.get(f"file://{self.file}{fragment}")

    def all(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def visible(self, selector):
        return [element.get_attribute("id") or element.find_element(By.TAG_NAME, "th").text
                for element in self.all(selector) if element.is_displayed()]

    def picture(self, name):
        if SCREENSHOTS:
            pathlib.Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
            self.browser.save_screenshot(str(pathlib.Path(SCREENSHOTS) / f"{name}.png"))

    def test_nothing_is_asked_for_and_nothing_goes_wrong(self):
        self.browser.get_log("performance"), self.browser.get_log("browser")
        self.show(DESKTOP)
        for element in self.all("details"):
            self.browser.execute_script("arguments[0].open = true", element)
        self.one("#theme").click()
        messages = [json.loads(entry["message"])["message"] for entry in self.browser.get_log("performance")]
        asked = {message["params"]["request"]["url"] for message in messages
                 if message["method"] == "Network.requestWillBeSent"}
        self.assertEqual(asked - {"about:blank"}, {f"file://{self.file}"})
        self.assertEqual(self.browser.get_log("browser"), [])

    def test_the_policy_forbids_what_the_page_does_not_do(self):
        refused = self.browser.execute_async_script("""
            const done = arguments[0], refused = [];
            document.addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective));
            fetch('http://127.0.0.1:9/').catch(() => {});
            document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:9/x.png'}));
            document.body.append(Object.assign(document.createElement('script'), {textContent: 'document.title = "ran"'}));
            setTimeout(() => done(refused), 300);""")
        self.assertEqual(sorted(refused), ["connect-src", "img-src", "script-src-elem"])
        self.assertNotEqual(self.browser.title, "ran")

    def test_what_results_say_is_text(self):
        self.assertNotEqual(self.browser.title, "owned")
        self.assertEqual(self.all("main img"), [])
        self.assertIn(HOSTILE, self.one("main").text)

    def test_filters_work_by_mouse(self):
        everything = len(self.visible(".section"))
        Select(self.one("[name=verdict]")).select_by_visible_text("violated")
        shown = self.visible(".section")
        self.assertIn("ADV-01", shown)
        self.assertNotIn("STM-01", shown)
        self.assertEqual(self.visible("tr.property"), shown)
        self.assertEqual(self.one("#shown").text, f"{len(shown)} of {everything} properties")
        Select(self.one("[name=group]")).select_by_visible_text("PER")
        self.assertTrue(all(name.startswith("PER-") for name in self.visible(".section")))
        self.one("#filters button").click()
        self.assertEqual(len(self.visible(".section")), everything)

    def test_filters_work_by_keyboard(self):
        self.one("[name=severity]").send_keys("l")
        low = self.visible(".section")
        self.assertIn("ADV-05", low)
        self.assertNotIn("ADV-01", low)
        self.browser.switch_to.active_element.send_keys(Keys.TAB)
        self.browser.switch_to.active_element.send_keys("thirty minutes")
        self.assertEqual(self.visible(".section"), ["RES-03"])
        self.browser.switch_to.active_element.send_keys("nothing of the kind")
        self.assertEqual(self.visible(".section"), [])
        self.assertTrue(self.one("#shown").text.startswith("0 of "))
        self.browser.switch_to.active_element.send_keys(Keys.TAB)
        self.browser.switch_to.active_element.send_keys(Keys.ENTER)
        self.assertGreater(len(self.visible(".section")), 50)

    def test_tables_sort_and_say_how(self):
        heading = self.one("#table thead th:nth-child(3)")
        button = heading.find_element(By.TAG_NAME, "button")
        button.send_keys(Keys.ENTER)
        self.assertEqual(heading.get_attribute("aria-sort"), "ascending")
        severities = [cell.text for cell in self.all("#table td:nth-child(3)")]
        self.assertEqual(severities, sorted(severities, key=["high", "medium", "low"].index))
        button.click()
        self.assertEqual(heading.get_attribute("aria-sort"), "descending")
        self.assertEqual([cell.text for cell in self.all("#table td:nth-child(3)")], severities[::-1] and
                         sorted(severities, key=["low", "medium", "high"].index))
        self.assertEqual(len(self.all("#table [aria-sort]")), 1)

    def test_a_link_opens_its_section(self):
        section = self.one("#STM-01")
        self.assertIsNone(section.get_attribute("open"))
        self.one("[name=text]").send_keys("NTLM")
        self.browser.execute_script("location.hash = '#STM-01'")
        self.browser.execute_async_script("setTimeout(arguments[0], 50)")
        self.assertTrue(section.get_attribute("open") and section.is_displayed())
        self.show(DESKTOP, fragment="#STM-02")
        self.assertTrue(self.one("#STM-02").get_attribute("open"))

    def test_a_witness_is_drawn_with_its_violation_marked_and_octets_on_demand(self):
        drawing = self.one("#ADV-01 svg.sequence")
        self.assertIn("violation", drawing.text)
        self.assertTrue(drawing.get_attribute("aria-label"))
        self.assertEqual(len(drawing.find_elements(By.CSS_SELECTOR, ".arrow.bad")), 1)
        octets = self.one("#ADV-01 .octets")
        self.assertNotIn("NTLM", octets.text)
        octets.find_element(By.TAG_NAME, "summary").send_keys(Keys.ENTER)
        self.assertIn("NTLM", octets.find_element(By.CSS_SELECTOR, "li.marked").text)
        self.assertTrue(self.all("#PER-01 .lease"), "what is run again shows who has which connection")

    def test_states_are_drawn_and_stand_in_a_table(self):
        graph = self.one(".graph")
        self.assertNotIn("authenticated", graph.text, "closed at first")
        for summary in graph.find_elements(By.TAG_NAME, "summary"):
            summary.send_keys(Keys.ENTER)
        self.assertIn("not authenticated", graph.find_element(By.TAG_NAME, "svg").text)
        row = next(row for row in graph.find_elements(By.TAG_NAME, "tr") if row.text.startswith("LOGIN"))
        self.assertIn("OK → authenticated", row.text)

    def test_no_verdict_is_a_colour_alone(self):
        words = {"violated", "holds", "vacuous", "unobservable", "inconclusive", "listed deviation", "skipped"}
        cells = self.browser.execute_script("""return [...document.querySelectorAll('td.verdict:not(.none)')].map(
            (cell) => cell.textContent.replace(/^\\s*\\S\\s*/, '').trim())""")
        self.assertGreater(len(cells), 100)
        self.assertLessEqual(set(cells), words)

    def test_contrast_in_both_themes_and_the_toggle(self):
        backgrounds = []
        for theme in ("light", "dark"):
            self.show(DESKTOP, theme)
            self.browser.execute_script("document.querySelectorAll('details').forEach((each) => each.open = true)")
            self.assertEqual(self.browser.execute_script(LOW_CONTRAST, CONTRAST_MIN), [], theme)
            self.assertTrue(self.browser.execute_script(LOW_CONTRAST, 21.5), "the check sees something")
            backgrounds.append(self.one("body").value_of_css_property("background-color"))
        self.assertEqual(self.one("#theme").text, "Light")
        self.one("#theme").click()
        self.assertEqual(self.one("#theme").text, "Dark")
        self.assertEqual(self.one("body").value_of_css_property("background-color"), backgrounds[0])
        self.assertNotEqual(*backgrounds)

    def test_it_fits_a_phone(self):
        self.show(PHONE)
        self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth"), PHONE[0])
        self.assertTrue(all(each.get_attribute("tabindex") == "0" for each in self.all(".wide")),
                        "what scrolls sideways can be scrolled by keyboard")

    def test_what_it_looks_like(self):
        for name, size, theme, fragment in [
            ("top-light", DESKTOP, "light", ""), ("top-dark", DESKTOP, "dark", ""), ("phone", PHONE, "light", ""),
            ("properties", DESKTOP, "light", "#properties"), ("witness", DESKTOP, "light", "#PER-01"),
            ("witness-dark", DESKTOP, "dark", "#PER-01"), ("witness-phone", PHONE, "light", "#ADV-01"),
            ("servers", DESKTOP, "light", "#servers"), ("states", DESKTOP, "light", "#states"), ("matrix-dark", DESKTOP, "dark", "#matrix"),
            ("night", DESKTOP, "light", "#night"),
        ]:
            self.show(size, theme, fragment)
            if name == "states":
                self.one(".graph").find_element(By.TAG_NAME, "summary").click()
                self.browser.execute_script("document.getElementById('states').scrollIntoView()")
            self.picture(name)
        paper = base64.b64decode(self.browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"])
        self.assertTrue(paper.startswith(b"%PDF"))
        if SCREENSHOTS:
            (pathlib.Path(SCREENSHOTS) / "paper.pdf").write_bytes(paper)


if __name__ == "__main__":
    if why_not():
        print(f"skipped: {why_not()}")
        sys.exit(77)
    unittest.main()
