package io.zigma.server;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.chromium.ChromiumDriverCommandExecutor;
import org.openqa.selenium.remote.CommandInfo;
import org.openqa.selenium.remote.RemoteWebDriver;
import org.openqa.selenium.remote.http.HttpMethod;
import org.openqa.selenium.remote.service.DriverService;

/**
 * The Chromium of this machine without a window, with the page in it. It is driven as a person
 * drives it, by pointer and keys; scripts only look.
 */
final class Chromium implements AutoCloseable {

    private static final int HEIGHT = 900;
    private static final long PATIENCE_NANOS = 120_000_000_000L;

    /** Without {@code ChromeDriver}, which needs the program that fetches browsers. */
    private static final class Driver extends RemoteWebDriver {

        private static final String COMMAND = "executeCdpCommand";

        Driver(DriverService service, ChromeOptions options) {
            super(
                    new ChromiumDriverCommandExecutor(
                            service,
                            Map.of(
                                    COMMAND,
                                    new CommandInfo(
                                            "/session/:sessionId/goog/cdp/execute",
                                            HttpMethod.POST))),
                    options);
        }

        void command(String name, Map<String, Object> parameters) {
            execute(COMMAND, Map.of("cmd", name, "params", parameters));
        }
    }

    private final Driver driver;
    private final int width;

    private Chromium(Driver driver, int width) {
        this.driver = driver;
        this.width = width;
    }

    /**
     * Starts a browser with a profile of its own.
     *
     * @param width of its viewport, in pixels
     * @param dark whether the page should be dark
     */
    static Chromium start(int width, boolean dark) {
        Optional<Path> browser = onPath("chromium").or(() -> onPath("chromium-browser"));
        Optional<Path> driver = onPath("chromedriver");
        assumeTrue(
                browser.isPresent() && driver.isPresent(),
                "there is no chromium or no chromedriver here, so the page is not tested;"
                        + " on Debian: apt-get install chromium chromium-driver");
        ChromeOptions options = new ChromeOptions();
        options.setBinary(browser.orElseThrow().toString());
        options.addArguments(
                "--headless=new",
                "--no-first-run",
                "--disable-dev-shm-usage", // small in containers
                "--disable-gpu",
                "--disable-component-update",
                "--disable-background-networking");
        if ("root".equals(System.getProperty("user.name"))) {
            options.addArguments("--no-sandbox"); // Chromium refuses to run as root with it
        }
        ChromeDriverService service =
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(driver.orElseThrow().toFile())
                        .usingAnyFreePort()
                        .build();
        service.sendOutputTo(OutputStream.nullOutputStream());
        Chromium chromium = new Chromium(new Driver(service, options), width);
        chromium.size();
        chromium.command(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(
                                Map.of(
                                        "name",
                                        "prefers-color-scheme",
                                        "value",
                                        dark ? "dark" : "light"))));
        return chromium;
    }

    private static Optional<Path> onPath(String program) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(path)
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** A window cannot be as narrow as a telephone. */
    private void size() {
        command(
                "Emulation.setDeviceMetricsOverride",
                Map.of(
                        "width",
                        width,
                        "height",
                        HEIGHT,
                        "deviceScaleFactor",
                        1,
                        "mobile",
                        width < 500));
    }

    /** Sends a command of the DevTools protocol. */
    void command(String name, Map<String, Object> parameters) {
        driver.command(name, parameters);
    }

    RemoteWebDriver driver() {
        return driver;
    }

    /** Opens the page, or loads it again, and waits until it is there. */
    void open(String url) throws Exception {
        driver.get(url);
        until(
                "the page is there",
                () -> "true".equals(script("return document.body.dataset.ready")));
    }

    /** Returns an element, in sight. */
    WebElement element(String id) {
        return inSight(driver.findElement(By.id(id)));
    }

    List<WebElement> elements(String selector) {
        return driver.findElements(By.cssSelector(selector));
    }

    WebElement inSight(WebElement element) {
        driver.executeScript("arguments[0].scrollIntoView({ block: 'center' })", element);
        return element;
    }

    void click(String id) {
        element(id).click();
    }

    /** Opens a part of the form that is folded away. */
    void unfold(String selector) {
        WebElement details = elements(selector).get(0);
        if (details.getAttribute("open") == null) {
            inSight(details.findElement(By.tagName("summary"))).click();
        }
    }

    /** Chooses an option of a list by its text. */
    void choose(String id, String text) {
        element(id).findElements(By.tagName("option")).stream()
                .filter(option -> option.getText().equals(text))
                .findFirst()
                .orElseThrow(() -> new AssertionError("%s has no option %s".formatted(id, text)))
                .click();
    }

    void type(String id, String text) {
        WebElement field = element(id);
        field.clear();
        field.sendKeys(text);
    }

    String text(String id) {
        return driver.findElement(By.id(id)).getText();
    }

    String value(String id) {
        return driver.findElement(By.id(id)).getDomProperty("value");
    }

    /** Runs a script of the test's, and returns what it returns as a text. */
    String script(String script, Object... arguments) {
        return String.valueOf(driver.executeScript(script, arguments));
    }

    long number(String script, Object... arguments) {
        return Long.parseLong(script(script, arguments));
    }

    /** Waits for something on the page. */
    void until(String what, Callable<Boolean> there) throws Exception {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!there.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "waited in vain until %s; status: %s; error: %s"
                                .formatted(what, text("status"), text("error")));
            }
            Thread.sleep(20);
        }
    }

    void untilStatus(String word) throws Exception {
        until("the status has '%s'".formatted(word), () -> text("status").contains(word));
    }

    /** Writes a picture of the whole page into target/page, for people. */
    void screenshot(String name) throws IOException {
        Path folder = Path.of(System.getProperty("zigma.root")).resolve("zigma-server/target/page");
        Files.createDirectories(folder);
        long height = number("return document.documentElement.scrollHeight");
        command(
                "Emulation.setDeviceMetricsOverride",
                Map.of(
                        "width",
                        width,
                        "height",
                        Math.max(HEIGHT, height),
                        "deviceScaleFactor",
                        1,
                        "mobile",
                        width < 500));
        Files.write(
                folder.resolve(
                        "%s-%s.png"
                                .formatted(name.toLowerCase(Locale.ROOT).replace(' ', '-'), width)),
                driver.getScreenshotAs(OutputType.BYTES));
        size();
    }

    @Override
    public void close() {
        driver.quit();
    }
}
