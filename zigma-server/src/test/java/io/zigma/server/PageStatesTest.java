package io.zigma.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.backbone.zigma.TinyModels;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.server.job.ServedModel;
import io.zigma.text.FakeTextEncoder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

/**
 * Every state of the page, in light and dark, at the width of a desk and of a telephone: nothing in
 * it bars people who use it otherwise (axe-core finds nothing serious), nothing is wider than the
 * screen, and a picture of it is in {@code target/page} for people to look at.
 */
@Tag("browser")
class PageStatesTest {

    private static final String TOKEN = "a-token-of-this-test";

    @TempDir static Path folder;
    private static ServedModel words;
    private static ServedModel clips;
    private static String axe;

    private Chromium page;
    private String scheme;
    private int width;

    @BeforeAll
    static void prepare() throws IOException {
        words =
                ServedModel.of(
                        "words",
                        TinyCheckpoints.writeOfPrompts(
                                folder,
                                FakeTextEncoder.FAKE,
                                List.of("a blue crab", "a red crab")));
        clips =
                ServedModel.of(
                        "clips",
                        TinyCheckpoints.write(
                                Files.createDirectories(folder.resolve("clips")),
                                TinyModels.VIDEO,
                                7));
        try (InputStream in = PageStatesTest.class.getResourceAsStream("/axe.min.js")) {
            axe = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @CsvSource({"1280, light", "1280, dark", "390, light", "390, dark"})
    void nothingIsInAnybodysWay(int width, String scheme) throws Exception {
        this.width = width;
        this.scheme = scheme;
        ServedModel fashion =
                ServedModel.of("fashion", ServerOfTest.fashion("fashion").checkpoint());
        try (ServerOfTest server =
                        ServerOfTest.start(
                                all -> ServerSettings.local(List.of(fashion, words, clips), 0));
                Chromium browser = Chromium.start(width, scheme.equals("dark"))) {
            page = browser;
            page.open(server.server().url());
            look("start");
            twoSettings();
            making();
            starting();
            inWords();
            moving();
            withoutTheServer(server);
        }
    }

    @ParameterizedTest
    @CsvSource({"1280, light", "390, dark"})
    void theTokenIsAskedForInADialog(int width, String scheme) throws Exception {
        this.width = width;
        this.scheme = scheme;
        try (ServerOfTest server = ServerOfTest.start(all -> all.withToken(TOKEN));
                Chromium browser = Chromium.start(width, scheme.equals("dark"))) {
            page = browser;
            page.open(server.server().url());
            look("token");
            page.element("token").sendKeys("not-the-token-of-it\n");
            page.until(
                    "it is refused",
                    () -> page.driver().findElement(By.id("token-refused")).isDisplayed());
            look("token-refused");
            page.element("token").sendKeys(TOKEN + "\n");
            page.until("there are models", () -> page.value("model").equals("fashion"));
            look("token-taken");
        }
    }

    private void twoSettings() throws Exception {
        page.unfold("#form details");
        look("sampling");
        page.click("compare");
        page.type("steps-a", "250");
        page.type("steps-b", "249");
        look("two-settings");
        page.type("seed", "7");
        page.click("make");
        page.until("there are previews", () -> page.elements("#runs img[data-shown]").size() > 3);
        look("running");
        page.driver().findElement(By.id("cancel")).click();
        page.untilStatus("Cancelled.");
        look("cancelled");
        page.type("steps-a", "2");
        page.type("steps-b", "16");
        page.choose("class", "ankle boot");
        page.click("make");
        page.untilStatus("8 pictures are done.");
        look("compared");
        page.click("compare");
    }

    private void making() throws Exception {
        page.choose("class", "sneaker");
        page.type("count", "8");
        page.type("steps-a", "16");
        page.click("make");
        page.until("they are done", () -> page.elements("#gallery img").size() == 16);
        look("done");
        page.inSight(page.elements("#runs button").get(0)).click();
        look("picture");
    }

    private void starting() throws Exception {
        page.click("detail-start");
        WebElement canvas = page.element("mask");
        int quarter = canvas.getSize().getWidth() / 4;
        new Actions(page.driver())
                .moveToElement(canvas, -quarter, 0)
                .clickAndHold()
                .moveByOffset(2 * quarter, quarter / 2)
                .release()
                .perform();
        look("mask");
        page.click("source-remove");
        page.type("seed", "seven");
        page.click("make");
        page.until("it is refused", () -> page.text("error").contains("whole number"));
        look("refused");
        page.type("seed", "7");
    }

    private void inWords() throws Exception {
        page.choose("model", "words");
        page.type("prompt", "a blue crab and a zebra");
        page.type("negative", "red");
        page.type("count", "4");
        look("prompt");
        page.click("make");
        page.until("it says so", () -> page.text("notes").contains("zebra"));
        look("words-unknown");
    }

    private void moving() throws Exception {
        page.choose("model", "clips");
        page.type("count", "2");
        page.click("make");
        page.untilStatus("2 clips are done.");
        page.inSight(page.elements("#runs button").get(0)).click();
        look("clip");
        page.click("detail-start");
        page.until(
                "it is shown",
                () -> page.driver().findElement(By.id("clip-preview")).isDisplayed());
        look("clip-to-go-on-from");
    }

    private void withoutTheServer(ServerOfTest server) throws Exception {
        page.until(
                "the browser holds the page",
                () -> page.script("return !!navigator.serviceWorker.controller").equals("true"));
        server.close();
        page.driver().navigate().refresh();
        page.untilStatus("The server is not there");
        look("offline");
    }

    /** Looks at the page as it is now. */
    private void look(String state) throws IOException {
        String where = "%s, %s, %s pixels".formatted(state, scheme, width);
        page.screenshot("%s-%s".formatted(state, scheme));
        assertThat(page.number("return document.documentElement.scrollWidth"))
                .as("width of " + where)
                .isLessThanOrEqualTo(width);
        if (page.script("return typeof axe").equals("undefined")) {
            page.script(axe);
        }
        Object found =
                page.driver()
                        .executeAsyncScript(
                                "const done = arguments[0];"
                                        + "axe.run(document, { resultTypes: ['violations'] }).then(all =>"
                                        + " done(all.violations.filter(one =>"
                                        + " ['serious', 'critical'].includes(one.impact)).map(one =>"
                                        + " `${one.id}: ${one.nodes.map(node =>"
                                        + " node.target + ' ' + node.failureSummary).join('; ')}`)"
                                        + ".join('\\n')), problem => done(String(problem)))");
        assertThat(found).as(where).isEqualTo("");
    }
}
