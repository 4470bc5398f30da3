package io.zigma.emoji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.media.ClipSampling;
import io.zigma.media.ClipSource;
import io.zigma.media.ClipWindows;
import io.zigma.media.PictureFormat;
import io.zigma.media.PictureSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MovingSetTest {

    private static final MovingOptions FEW =
            new MovingOptions(16, 8, 120, 40, 60, Set.of(), EnumSet.of(Style.FLUENT), 7);
    private static final EmojiSet.Progress QUIET = (done, total) -> {};

    @TempDir Path place;
    private Path jar;

    @BeforeEach
    void makeIcons() throws IOException {
        jar = new TinyIcons().write(place.resolve("icons.jar"));
    }

    @Test
    void everyPartHasAClipOfAllFramesForEveryLine() throws IOException {
        Path out = make("set", FEW);
        for (Map.Entry<String, Integer> part :
                Map.of("train", 120, "test", 40, "classifier", 60).entrySet()) {
            List<JsonObject> lines = lines(out, part.getKey());
            assertThat(lines).hasSize(part.getValue());
            for (JsonObject line : lines) {
                assertThat(
                                ClipWindows.read(
                                        ClipSource.file(
                                                PictureSource.of(
                                                        out.resolve(part.getKey())
                                                                .resolve(
                                                                        line.get("file_name")
                                                                                .getAsString()))),
                                        new PictureFormat(3, 16, 16),
                                        new ClipSampling(8, 8, 1, ClipSampling.ShortClip.LEAVE_OUT),
                                        (number, pixels) -> true))
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameFilesAndAnotherGivesOthers() throws IOException {
        Map<String, ByteBuffer> files = files(make("one", FEW));
        assertThat(files(make("two", FEW))).isEqualTo(files);
        assertThat(
                        files(
                                make(
                                        "three",
                                        new MovingOptions(
                                                16, 8, 120, 40, 60, Set.of(), FEW.styles(), 8))))
                .isNotEqualTo(files);
    }

    @Test
    void noClipIsThereTwice() throws IOException {
        Set<ByteBuffer> clips = new HashSet<>();
        for (Map.Entry<String, ByteBuffer> file : files(make("set", FEW)).entrySet()) {
            if (file.getKey().endsWith(".png")) {
                assertThat(clips.add(file.getValue())).as(file.getKey()).isTrue();
            }
        }
        assertThat(clips).hasSize(220);
    }

    @Test
    void trainingHasNoThingMovingAsIsHeldOut() throws IOException {
        List<Thing> many = new ArrayList<>();
        TinyIcons icons = new TinyIcons();
        for (int i = 0; i < 20; i++) {
            many.add(new Thing("thing-" + i, "thing " + i, List.of(), true));
            for (Style style : Style.values()) {
                icons.with(style, "thing-" + i, TinyIcons.RED_DISC);
            }
        }
        Path manyJar = icons.write(place.resolve("many.jar"));
        Path out = place.resolve("many");
        MovingSet.make(
                manyJar,
                many,
                List.of(),
                out,
                new MovingOptions(16, 8, 1500, 100, 300, Set.of(), FEW.styles(), 1),
                line -> {},
                QUIET);
        Set<String> trained = new HashSet<>();
        for (JsonObject line : lines(out, "train")) {
            assertThat(line.get("held_out").getAsBoolean()).isFalse();
            trained.add(pair(line));
        }
        int heldOut = 0;
        for (JsonObject line : lines(out, "test")) {
            boolean seen = trained.contains(pair(line));
            assertThat(line.get("held_out").getAsBoolean()).as("%s", line).isEqualTo(!seen);
            heldOut += seen ? 0 : 1;
        }
        assertThat(heldOut).isEqualTo(50);
        assertThat(lines(out, "classifier")).anyMatch(line -> line.get("held_out").getAsBoolean());
    }

    @Test
    void everyCaptionSaysTheThingAndItsMotion() throws IOException {
        for (JsonObject line : lines(make("set", FEW), "train")) {
            Motion motion =
                    Stream.of(Motion.values())
                            .filter(m -> m.word().equals(line.get("motion").getAsString()))
                            .findFirst()
                            .orElseThrow();
            List<String> captions = captions(line);
            assertThat(captions).hasSize(8);
            for (String caption : captions) {
                assertThat(caption)
                        .containsAnyOf(motion.phrase(), motion.otherPhrase())
                        .containsAnyOf(line.get("thing").getAsString(), "round one")
                        .doesNotContain("style of");
            }
            assertThat(captions.get(0)).contains(motion.phrase());
        }
    }

    @Test
    void onlyTheThingsThatAreNamedMove() throws IOException {
        Path out =
                make(
                        "two",
                        new MovingOptions(
                                16, 8, 60, 0, 0, Set.of("wedge", "bar"), FEW.styles(), 1));
        assertThat(lines(out, "train").stream().map(line -> line.get("thing").getAsString()))
                .containsOnly("wedge", "bar");
    }

    @Test
    void captionsNameTheStyleWhereThereAreSeveral() throws IOException {
        Path out =
                make(
                        "styles",
                        new MovingOptions(
                                16,
                                8,
                                60,
                                0,
                                0,
                                Set.of(),
                                EnumSet.of(Style.FLAT, Style.TWEMOJI),
                                1));
        for (JsonObject line : lines(out, "train")) {
            assertThat(captions(line).get(0))
                    .contains("in the style of " + line.get("style").getAsString());
        }
        assertThat(out.resolve("LICENSES.md"))
                .content()
                .contains("Twitter", "MIT licence")
                .doesNotContain("Google");
    }

    @Test
    void licencesAreOfTheStylesThatAreDrawn() throws IOException {
        assertThat(make("set", FEW).resolve("LICENSES.md"))
                .content()
                .contains("5 things, 8 frames", "120 clips", "seed 7", "MIT licence of Fluent")
                .doesNotContain("Twitter");
    }

    @Test
    void whoStopsItFindsNothingOfIt() throws IOException {
        EmojiSet.Progress stopping =
                (done, total) -> {
                    if (done > total / 2) {
                        throw new CancellationException("stopped");
                    }
                };
        Path out = place.resolve("stopped");
        assertThatThrownBy(
                        () ->
                                MovingSet.make(
                                        jar,
                                        TinyIcons.THINGS,
                                        List.of(),
                                        out,
                                        FEW,
                                        line -> {},
                                        stopping))
                .isInstanceOf(CancellationException.class);
        try (Stream<Path> left = Files.list(place)) {
            assertThat(left).containsExactly(jar);
        }
    }

    @Test
    void numbersThatCannotBeMeantAreRefused() {
        Set<Style> one = EnumSet.of(Style.NOTO);
        assertThatThrownBy(() -> new MovingOptions(8, 16, 1, 0, 0, Set.of(), one, 1))
                .hasMessageContaining("16 to 128");
        assertThatThrownBy(() -> new MovingOptions(32, 4, 1, 0, 0, Set.of(), one, 1))
                .hasMessageContaining("8 to 64 frames, not 4");
        assertThatThrownBy(() -> new MovingOptions(32, 16, 0, 1, 0, Set.of(), one, 1))
                .hasMessageContaining("half of the test clips");
        assertThatThrownBy(() -> new MovingOptions(32, 16, 1, 0, 0, Set.of(), Set.of(), 1))
                .hasMessageContaining("at least one style");
    }

    private Path make(String name, MovingOptions options) throws IOException {
        Path out = place.resolve(name);
        MovingSet.make(jar, TinyIcons.THINGS, List.of(), out, options, line -> {}, QUIET);
        return out;
    }

    private static String pair(JsonObject line) {
        return line.get("thing").getAsString() + "/" + line.get("motion").getAsString();
    }

    private static List<String> captions(JsonObject line) {
        return line.getAsJsonArray("text").asList().stream().map(JsonElement::getAsString).toList();
    }

    private static List<JsonObject> lines(Path out, String part) throws IOException {
        return Files.readAllLines(out.resolve(part).resolve("metadata.jsonl")).stream()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
    }

    private static Map<String, ByteBuffer> files(Path folder) throws IOException {
        Map<String, ByteBuffer> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(
                        folder.relativize(file).toString(),
                        ByteBuffer.wrap(Files.readAllBytes(file)));
            }
        }
        return files;
    }
}
