package io.zigma.server;

import static io.zigma.server.ServerOfTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.backbone.zigma.TinyModels;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.media.PngFile;
import io.zigma.server.job.ServedModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;

/** The page with a model of videos of three frames of 4 × 6. */
@Tag("browser")
class ClipPageTest {

    private static final int WIDTH = 1280;

    @TempDir Path folder;
    private ServedModel clips;

    @BeforeEach
    void makeModel() throws Exception {
        CheckpointFolder checkpoint =
                TinyCheckpoints.write(
                        Files.createDirectories(folder.resolve("clips")), TinyModels.VIDEO, 7);
        clips = ServedModel.of("clips", checkpoint);
    }

    private static Chromium open(ServerOfTest server) throws Exception {
        Chromium page = Chromium.start(WIDTH, false);
        page.open(server.server().url());
        return page;
    }

    private static void ask(Chromium page, String seed) {
        page.type("seed", seed);
        page.type("count", "1");
        page.unfold("#form details");
        page.type("steps-a", "3");
    }

    /**
     * Tells whether a picture is seen to change within a second, at ten frames a second; a script
     * would only get the first frame.
     */
    private static boolean moves(Chromium page, String selector) throws Exception {
        page.until("it is there", () -> !page.elements(selector).isEmpty());
        WebElement image = page.inSight(page.elements(selector).get(0));
        page.until(
                "it is loaded",
                () -> page.script("return arguments[0].complete", image).equals("true"));
        Set<String> seen = new HashSet<>();
        long end = System.nanoTime() + 1_000_000_000L;
        do {
            Thread.sleep(50); // a frame is shown for 100 ms
            seen.add(image.getScreenshotAs(OutputType.BASE64));
        } while (seen.size() == 1 && System.nanoTime() < end);
        return seen.size() > 1;
    }

    @Test
    void aClipPlaysAndIsStoredAsTheServerMadeIt() throws Exception {
        try (ServerOfTest server =
                        ServerOfTest.start(all -> ServerSettings.local(List.of(clips), 0));
                Chromium page = open(server)) {
            assertThat(page.text("make")).isEqualTo("Make clips");
            assertThat(page.text("count-label")).isEqualTo("Clips");
            assertThat(page.driver().findElement(By.id("source-details")))
                    .satisfies(details -> assertThat(details.isDisplayed()).isFalse());
            ask(page, "7");
            page.click("make");
            page.untilStatus("1 clip is done.");

            String id = server.submit("{'seed': 7, 'steps': 3}");
            server.events(id);
            byte[] made = server.get("/api/v1/jobs/%s/images/0.apng".formatted(id)).body();
            assertThat(PageTest.newest(page)).isEqualTo(made);
            assertThat(moves(page, "#runs img")).isTrue();
            assertThat(moves(page, "#gallery img")).isTrue();

            page.inSight(page.elements("#gallery button").get(0)).click();
            assertThat(page.text("detail-save")).isEqualTo("Save the APNG");
            page.click("detail-start");
            assertThat(page.value("extend")).isEqualTo("3");
            page.type("extend", "4");
            page.type("overlap", "2");
            page.type("seed", "8");
            page.click("make");
            page.until("the longer one is done", () -> page.elements("#gallery img").size() == 2);
            Path longer = Files.write(folder.resolve("longer.png"), PageTest.newest(page));
            assertThat(PngFile.readText(longer))
                    .containsEntry("extend", "4")
                    .containsEntry("overlap", "2")
                    .containsEntry("seed", "8")
                    .containsKey("clip_sha256");
            assertThat(page.text("error")).isEmpty();
        }
    }

    @Test
    void clipsStandStillForWhoWantsNoMotion() throws Exception {
        try (ServerOfTest server =
                        ServerOfTest.start(all -> ServerSettings.local(List.of(clips), 0));
                Chromium page = open(server)) {
            page.command(
                    "Emulation.setEmulatedMedia",
                    Map.of(
                            "features",
                            List.of(Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
            ask(page, "7");
            page.click("make");
            page.untilStatus("1 clip is done.");

            assertThat(moves(page, "#gallery img")).isFalse();
            page.inSight(page.elements("#gallery button").get(0)).click();
            assertThat(moves(page, "#detail-image")).isTrue();
        }
    }

    @Test
    void aClipOfOnesOwnNeedsFramesMore() throws Exception {
        try (ServerOfTest server =
                        ServerOfTest.start(all -> ServerSettings.local(List.of(clips), 0));
                Chromium page = open(server)) {
            ask(page, "7");
            String id = server.submit("{'seed': 1, 'steps': 2}");
            server.events(id);
            byte[] clip = server.get("/api/v1/jobs/%s/images/0.apng".formatted(id)).body();
            Path file = Files.write(folder.resolve("mine.png"), clip);
            page.unfold("#clip-details");
            page.element("clip").sendKeys(file.toString());
            page.until("it is shown", () -> page.text("clip-name").equals("mine.png"));
            page.type("extend", "0");
            page.click("make");
            page.until("it is refused", () -> page.text("error").startsWith("Frames more"));

            page.click("clip-remove");
            page.click("make");
            page.untilStatus("1 clip is done.");
            assertThat(text(server.get("/api/v1/models"))).contains("\"frames\":3");
        }
    }
}
