package io.zigma.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.server.job.JobState;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

/** The page as people use it, in a real browser, at the width of a desk and of a telephone. */
@Tag("browser")
class PageTest {

    private ServerOfTest server;

    @TempDir Path folder;

    @BeforeEach
    void start() throws IOException {
        server = ServerOfTest.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Chromium open(int width) throws Exception {
        Chromium page = Chromium.start(width, false);
        page.open(server.server().url());
        return page;
    }

    private static void ask(Chromium page, String name, String seed, int count, int steps) {
        page.choose("class", name);
        page.type("seed", seed);
        page.type("count", Integer.toString(count));
        page.unfold("#form details");
        page.type("steps-a", Integer.toString(steps));
    }

    /** Notes what the first picture shows from now on, each time that it shows something else. */
    private static void watchFirstPicture(Chromium page) {
        page.script(
                "window.seen = []; const kind = HTMLImageElement.prototype;"
                        + " const alt = Object.getOwnPropertyDescriptor(kind, 'alt');"
                        + " Object.defineProperty(kind, 'alt', { ...alt, set(text) {"
                        + " if (this === document.querySelector('#runs img'))"
                        + " window.seen.push({ src: this.src, alt: text });"
                        + " alt.set.call(this, text); } })");
    }

    /**
     * The newest file of the gallery; the page's own rules do not let a test fetch what it shows.
     */
    static byte[] newest(Chromium page) {
        Object text =
                page.driver()
                        .executeAsyncScript(
                                "const done = arguments[0];"
                                        + "const open = indexedDB.open('zigma');"
                                        + "open.onsuccess = () => {"
                                        + " const all = open.result.transaction('pictures')"
                                        + ".objectStore('pictures').getAll();"
                                        + " all.onsuccess = () => { open.result.close();"
                                        + " const bytes = new Uint8Array(all.result.at(-1).png);"
                                        + " done(btoa(String.fromCharCode(...bytes))); }; }");
        return Base64.getDecoder().decode(String.valueOf(text));
    }

    private static boolean isDrawn(Chromium page, String selector) {
        return page.script(
                        "const image = document.querySelector(arguments[0]);"
                                + "return image.complete && image.naturalWidth === 28",
                        selector)
                .equals("true");
    }

    private byte[] made(String request) throws Exception {
        String id = server.submit(request);
        server.events(id);
        return server.image(id, 0);
    }

    private static BufferedImage decoded(byte[] png) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(png));
    }

    @ParameterizedTest
    @ValueSource(ints = {1280, 390})
    void picturesComeOutOfTheNoise(int width) throws Exception {
        try (Chromium page = open(width)) {
            ask(page, "sneaker", "7", 4, 40);
            watchFirstPicture(page);
            String blocker = server.block();
            page.click("make");
            page.until("the job waits", () -> page.text("progress-text").startsWith("waiting"));
            server.cancel(blocker);

            page.untilStatus("4 pictures are done");

            long previews =
                    page.number("return window.seen.filter(s => s.src.startsWith('data:')).length");
            assertThat(previews).as("previews before the picture").isGreaterThan(2);
            assertThat(page.script("return window.seen[0].alt"))
                    .isEqualTo("picture 1 after 1 step");
            assertThat(page.script("return window.seen.at(-1).src")).startsWith("blob:");
            page.until("it is drawn", () -> isDrawn(page, "#runs img"));
            assertThat(page.elements("#gallery img").stream().map(WebElement::getAccessibleName))
                    .containsExactly(
                            "sneaker, seed 7",
                            "sneaker, seed 8",
                            "sneaker, seed 9",
                            "sneaker, seed 10");
            assertThat(page.text("error")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1280, 390})
    void cancelEndsWhatRuns(int width) throws Exception {
        try (Chromium page = open(width)) {
            ask(page, "bag", "1", 16, 250);
            page.click("make");
            page.until("it runs", () -> page.text("progress-text").startsWith("step"));

            page.driver().findElement(By.id("cancel")).click();

            page.untilStatus("Cancelled.");
            assertThat(server.server().queue().statistics().jobs(JobState.CANCELLED)).isEqualTo(1);
            assertThat(page.driver().findElement(By.id("make")).isEnabled()).isTrue();
            assertThat(page.elements("#gallery img")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1280, 390})
    void onlyWhatIsPaintedChanges(int width) throws Exception {
        try (Chromium page = open(width)) {
            ask(page, "sneaker", "7", 1, 4);
            page.click("make");
            page.untilStatus("1 picture is done");
            byte[] source = newest(page);
            page.inSight(page.elements("#runs button").get(0)).click();
            page.click("detail-start");
            WebElement canvas = page.element("mask");
            int side = canvas.getSize().getWidth();
            // a stroke through the upper half, from a quarter to three quarters
            new Actions(page.driver())
                    .moveToElement(canvas, -side / 4, -side / 4)
                    .clickAndHold()
                    .moveByOffset(side / 4, 0)
                    .moveByOffset(side / 4, 0)
                    .release()
                    .perform();
            page.choose("class", "bag");
            page.type("seed", "3");
            page.click("make");
            page.until(
                    "the other picture is done", () -> page.elements("#gallery img").size() == 2);

            BufferedImage before = decoded(source);
            BufferedImage after = decoded(newest(page));
            int changedAbove = 0;
            for (int y = 0; y < before.getHeight(); y++) {
                for (int x = 0; x < before.getWidth(); x++) {
                    boolean same = before.getRGB(x, y) == after.getRGB(x, y);
                    changedAbove += !same && y < before.getHeight() / 2 ? 1 : 0;
                    if (y > before.getHeight() / 2) {
                        assertThat(same).as("pixel %s, %s", x, y).isTrue();
                    }
                }
            }
            assertThat(changedAbove).isGreaterThan(10);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1280, 390})
    void aDroppedPictureGivesItsSettingsBack(int width) throws Exception {
        byte[] picture =
                made(
                        "{'class': 'dress', 'seed': 11, 'steps': 3, 'sampler': 'heun', 'guidance': 2.5}");
        Path file = Files.write(folder.resolve("dress.png"), picture);
        try (Chromium page = open(width)) {
            for (String type : List.of("dragEnter", "dragOver", "drop")) {
                page.command(
                        "Input.dispatchDragEvent",
                        Map.of(
                                "type",
                                type,
                                "x",
                                width / 2,
                                "y",
                                20,
                                "data",
                                Map.of(
                                        "items", List.of(),
                                        "files", List.of(file.toString()),
                                        "dragOperationsMask", 1)));
            }
            page.untilStatus("The settings of dress.png are back");
            page.unfold("#form details");

            assertThat(page.value("class")).isEqualTo("dress");
            assertThat(page.value("seed")).isEqualTo("11");
            assertThat(page.value("count")).isEqualTo("1");
            assertThat(page.value("sampler-a")).isEqualTo("heun");
            assertThat(page.value("steps-a")).isEqualTo("3");
            assertThat(Double.parseDouble(page.value("guidance-a"))).isEqualTo(2.5);
            page.click("make");
            page.untilStatus("1 picture is done");
            assertThat(newest(page)).isEqualTo(picture);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1280, 390})
    void theGalleryIsThereWithoutTheServer(int width) throws Exception {
        try (Chromium page = open(width)) {
            ask(page, "sneaker", "7", 1, 2);
            page.click("make");
            page.untilStatus("1 picture is done");
            byte[] picture = newest(page);
            page.until(
                    "the browser holds the page",
                    () ->
                            page.script("return !!navigator.serviceWorker.controller")
                                    .equals("true"));
            server.close();

            page.driver().navigate().refresh();

            page.untilStatus("The server is not there. The gallery is.");
            page.until("it is drawn", () -> isDrawn(page, "#gallery img"));
            assertThat(newest(page)).isEqualTo(picture);
            page.inSight(page.elements("#gallery button").get(0)).click();
            assertThat(page.text("detail-recipe")).contains("sneaker", "seed 7");
            assertThat(page.driver().findElement(By.id("detail-use")).isEnabled()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1280, 390})
    void cancelBeforeTheServerHasAnsweredCancels(int width) throws Exception {
        try (Chromium page = open(width)) {
            ask(page, "bag", "1", 16, 250);
            // the network is slow: the answer to the submission takes a second
            page.script(
                    "const real = window.fetch; window.fetch = async (...all) => {"
                            + " const answer = await real(...all);"
                            + " if (all[1]?.method === 'POST')"
                            + " await new Promise(done => setTimeout(done, 1000));"
                            + " return answer; }");
            page.click("make");
            page.driver().findElement(By.id("cancel")).click();

            page.untilStatus("Cancelled.");

            assertThat(server.server().queue().statistics().jobs(JobState.CANCELLED)).isEqualTo(1);
        }
    }
}
