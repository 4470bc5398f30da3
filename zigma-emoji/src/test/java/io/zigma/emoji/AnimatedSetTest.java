package io.zigma.emoji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.media.ClipSampling;
import io.zigma.media.ClipSource;
import io.zigma.media.ClipWindows;
import io.zigma.media.MediaException;
import io.zigma.media.PictureFormat;
import io.zigma.media.PictureSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnimatedSetTest {

    private static final MovingOptions FEW =
            new MovingOptions(16, 8, 60, 21, 30, Set.of(), EnumSet.of(Style.FLUENT), 7);

    @TempDir Path place;
    private final List<String> said = Collections.synchronizedList(new ArrayList<>());
    private Path jar;
    private Path folder;

    @BeforeEach
    void makeIconsAndAnimations() throws IOException {
        jar =
                new TinyIcons()
                        .withCodePoints("1f534", "disc")
                        .withCodePoints("1f7e9", "square")
                        .withCodePoints("1f44b", "waving-hand")
                        .withCodePoints("1f441", "eye")
                        .withCodePoints("1f91d", "handshake")
                        .write(place.resolve("icons.jar"));
        folder = place.resolve("package");
        TinyAnimation.crossing(12).write(folder.resolve("assets/1f534.webp"));
        TinyAnimation.crossing(6).write(folder.resolve("assets/1f44b.webp"));
        TinyAnimation.crossing(7).write(folder.resolve("assets/1f44b-1f3fd.webp"));
    }

    @Test
    void halfOfTheClipsOfEachPartAreOfAnimations() throws IOException {
        Path out = make("set", FEW, folder);
        for (Map.Entry<String, Integer> part :
                Map.of("train", 60, "test", 21, "classifier", 30).entrySet()) {
            List<JsonObject> lines = lines(out, part.getKey());
            assertThat(lines).hasSize(part.getValue());
            assertThat(lines.stream().filter(AnimatedSetTest::animated))
                    .hasSize(part.getValue() / 2);
            for (JsonObject line : lines) {
                assertThat(frames(out, part.getKey(), line)).isEqualTo(8);
            }
        }
        assertThat(said)
                .contains(
                        folder + ": 3 of 3 emoji move, 1 of them with skin tones",
                        "56 clips of still emoji that are moved",
                        "55 clips of the animations in " + folder);
    }

    @Test
    void onlyAnimationsOfTheThingsThatAreNamedAreTaken() throws IOException {
        Path out = make("named", of("disc", "bar"), folder);
        List<JsonObject> lines = lines(out, "train");
        assertThat(lines.stream().map(line -> line.get("thing").getAsString()))
                .containsOnly("disc", "bar");
        assertThat(lines.stream().filter(AnimatedSetTest::animated)).hasSize(30);
        Path square = place.resolve("square");
        TinyAnimation.crossing(6).write(square.resolve("1f7e9.webp"));
        assertThatThrownBy(() -> make("none", of("disc", "bar"), folder, square))
                .hasMessage(
                        "%s: has no animation of the things that are named; name more of them, or leave the folder out",
                        square);
    }

    private static MovingOptions of(String... things) {
        return new MovingOptions(16, 8, 60, 0, 0, Set.of(things), FEW.styles(), 7);
    }

    @Test
    void whatIsDecodedIsNotLeftInTheSet() throws IOException {
        try (Stream<Path> all = Files.list(make("set", FEW, folder))) {
            assertThat(all.map(path -> "" + path.getFileName()))
                    .containsExactlyInAnyOrder("train", "test", "classifier", "LICENSES.md");
        }
    }

    @Test
    void noClipIsThereTwice() throws IOException {
        Set<ByteBuffer> clips = new HashSet<>();
        for (Map.Entry<String, ByteBuffer> file : files(make("set", FEW, folder)).entrySet()) {
            if (file.getKey().endsWith(".png")) {
                assertThat(clips.add(file.getValue())).as(file.getKey()).isTrue();
            }
        }
        assertThat(clips).hasSize(111);
    }

    @Test
    void theSameSeedGivesTheSameFiles() throws IOException {
        assertThat(files(make("two", FEW, folder))).isEqualTo(files(make("one", FEW, folder)));
    }

    @Test
    void captionsSayThatItIsAnimatedAndTheSkinTone() throws IOException {
        Set<String> full = new HashSet<>();
        for (JsonObject line : lines(make("set", FEW, folder), "classifier")) {
            if (animated(line)) {
                List<String> captions = captions(line);
                assertThat(captions).hasSize(8).allMatch(caption -> caption.contains("animated"));
                full.add(captions.get(0).replaceFirst(", on .*", ""));
                assertThat(captions.get(0)).doesNotContain("style of");
            }
        }
        assertThat(full)
                .contains("a disc, animated", "a waving hand, animated")
                .isSubsetOf(
                        "a disc, animated",
                        "a waving hand, animated",
                        "a waving hand with medium skin tone, animated");
    }

    @Test
    void articlesAreThoseOfTheThing() {
        AnimatedCaptions captions = new AnimatedCaptions(true);
        AnimatedCombination hands = shown("clapping-hands", SkinTone.DARK, Colour.ORANGE);
        assertThat(captions.of(hands, new Random(1)))
                .contains(
                        "clapping hands with dark skin tone, animated, in the style of fluent, on an orange background",
                        "animated clapping hands with dark skin tone, in the style of fluent, on an orange background");
        assertThat(captions.of(shown("elephant", null, null), new Random(1)))
                .contains(
                        "an elephant, animated, in the style of fluent",
                        "an animated elephant, in the style of fluent",
                        "elephant, animated, in the style of fluent");
    }

    @Test
    void whatMovesMoreIsShownMoreOftenAndSkinTonesATenthAsOften() {
        List<Animation> all =
                List.of(
                        animation("a", null, 2),
                        animation("b", null, 4),
                        animation("c", null, 1000),
                        animation("d", null, 0.001),
                        animation("b", SkinTone.LIGHT, 4));
        assertThat(AnimationPlan.weights(all))
                .containsExactly(new double[] {0.5, 1, 3, 1.0 / 3, 0.1}, within(1e-9));
    }

    @Test
    void trainingHasNoAnimationOfWhatIsHeldOut() throws IOException {
        List<Thing> things = new ArrayList<>();
        TinyIcons icons = new TinyIcons();
        for (int i = 0; i < 40; i++) {
            String name = "thing-" + i;
            things.add(new Thing(name, "thing " + i, List.of(), true));
            for (Style style : Style.values()) {
                icons.with(style, name, TinyIcons.RED_DISC);
            }
            icons.withCodePoints("1f4" + (10 + i), name);
            TinyAnimation.crossing(4 + i).write(place.resolve("many/1f4" + (10 + i) + ".webp"));
        }
        // none of these is in the list of things: nothing else would ever show them
        for (int i = 0; i < 40; i++) {
            icons.withCodePoints("1f5" + (10 + i), "other-" + i);
            TinyAnimation.crossing(4 + i).write(place.resolve("many/1f5" + (10 + i) + ".webp"));
        }
        Path out = place.resolve("held");
        MovingSet.make(
                icons.write(place.resolve("many.jar")),
                things,
                List.of(place.resolve("many")),
                out,
                new MovingOptions(16, 8, 1200, 80, 400, Set.of(), FEW.styles(), 1),
                said::add,
                (done, total) -> {});
        Set<String> trained = new HashSet<>();
        for (JsonObject line : lines(out, "train")) {
            assertThat(line.get("held_out").getAsBoolean()).isFalse();
            if (animated(line)) {
                trained.add(line.get("thing").getAsString());
            }
        }
        int heldOut = 0;
        for (JsonObject line :
                lines(out, "test").stream().filter(AnimatedSetTest::animated).toList()) {
            boolean seen = trained.contains(line.get("thing").getAsString());
            assertThat(line.get("held_out").getAsBoolean()).as("%s", line).isEqualTo(!seen);
            heldOut += seen ? 0 : 1;
        }
        assertThat(heldOut).isEqualTo(20);
        assertThat(lines(out, "classifier").stream().filter(AnimatedSetTest::animated))
                .anyMatch(line -> line.get("held_out").getAsBoolean());
        assertThat(trained).hasSizeBetween(60, 79);
        for (int i = 0; i < 40; i++) {
            assertThat(trained).contains("other " + i);
        }
    }

    @Test
    void aDamagedFileIsNamedAndLeftOut() throws IOException {
        Path damaged = folder.resolve("assets/1f7e9.webp");
        byte[] whole = TinyAnimation.crossing(9).bytes();
        Files.write(damaged, Arrays.copyOf(whole, whole.length - 30));
        Path out = make("set", FEW, folder);
        assertThat(said).contains(damaged + ": damaged (it is cut off); left out");
        assertThat(lines(out, "classifier").stream().filter(AnimatedSetTest::animated))
                .noneMatch(line -> line.get("thing").getAsString().equals("square"));
    }

    @Test
    void whatDoesNotMoveIsLeftOutWithoutAWord() throws IOException {
        new TinyAnimation().frame(8, 8, 40).write(folder.resolve("assets/1f7e9.webp"));
        new TinyAnimation()
                .frame(8, 8, 40)
                .frame(8, 8, 40)
                .write(folder.resolve("assets/1f441-fe0f.webp"));
        Path out = make("set", FEW, folder);
        assertThat(said)
                .hasSize(3)
                .contains(folder + ": 3 of 5 emoji move, 1 of them with skin tones");
        assertThat(lines(out, "classifier").stream().filter(AnimatedSetTest::animated))
                .noneMatch(line -> line.get("thing").getAsString().matches("square|eye"));
    }

    @Test
    void emojiOfSeveralSkinTonesOrOfNoNameArePassedOver() throws IOException {
        TinyAnimation.crossing(6).write(folder.resolve("assets/1f91d-1f3fb-200d-1f3ff.webp"));
        TinyAnimation.crossing(6).write(folder.resolve("assets/1faff.webp"));
        TinyAnimation.crossing(6).write(folder.resolve("assets/readme.webp"));
        make("set", FEW, folder);
        assertThat(said).contains(folder + ": 3 of 3 emoji move, 1 of them with skin tones");
    }

    @Test
    void aFolderInWhichNothingMovesIsRefusedAndNothingIsMade() throws IOException {
        Path still = place.resolve("still");
        new TinyAnimation().frame(8, 8, 40).write(still.resolve("1f7e9.webp"));
        Path out = place.resolve("set");
        assertThatThrownBy(() -> make("set", FEW, folder, still))
                .isInstanceOf(MediaException.class)
                .hasMessageStartingWith(still + ": has no animated emoji")
                .message()
                .doesNotContain("\n");
        assertThat(out).doesNotExist();
        try (Stream<Path> left = Files.list(place)) {
            assertThat(left).containsExactlyInAnyOrder(jar, folder, still);
        }
    }

    @Test
    void aFolderWithoutEmojiOrThatIsNoneIsRefused() throws IOException {
        Path empty = Files.createDirectory(place.resolve("empty"));
        assertThatThrownBy(() -> make("set", FEW, empty))
                .hasMessageContaining("has no animated emoji");
        assertThatThrownBy(() -> make("set", FEW, place.resolve("nowhere")))
                .hasMessageContaining("is not there");
        assertThatThrownBy(() -> make("set", FEW, jar)).hasMessageContaining("is a file");
        assertThatThrownBy(() -> make("set", FEW, folder, folder))
                .hasMessageContaining("of its own");
    }

    @Test
    void licencesNameTheMakersOfAnimations() throws IOException {
        MovingOptions noto =
                new MovingOptions(16, 8, 60, 0, 0, Set.of(), EnumSet.of(Style.NOTO), 1);
        assertThat(make("set", noto, folder).resolve("LICENSES.md"))
                .content()
                .contains(
                        "30 of the clips are of still icons that were moved, 30 of emoji",
                        "Fluent Emoji, animated",
                        "Microsoft Corporation",
                        "MIT licence of Fluent Emoji");
    }

    private static AnimatedCombination shown(String icon, SkinTone tone, Colour background) {
        return new AnimatedCombination(animation(icon, tone, 1), background);
    }

    private static Animation animation(String icon, SkinTone tone, double motion) {
        Thing thing = new Thing(icon, icon.replace('-', ' '), List.of(), true);
        Path none = Path.of(icon);
        return new Animation(
                new AnimationFile(none, none, icon, thing, true, tone),
                none,
                motion,
                true,
                List.of());
    }

    private Path make(String name, MovingOptions options, Path... folders) throws IOException {
        Path out = place.resolve(name);
        MovingSet.make(
                jar,
                TinyIcons.THINGS,
                List.of(folders),
                out,
                options,
                said::add,
                (done, total) -> assertThat(done).isLessThanOrEqualTo(total));
        return out;
    }

    private static boolean animated(JsonObject line) {
        return line.get("motion").getAsString().equals("animated");
    }

    private static List<String> captions(JsonObject line) {
        return line.getAsJsonArray("text").asList().stream().map(JsonElement::getAsString).toList();
    }

    private static int frames(Path out, String part, JsonObject line) throws IOException {
        int[] frames = new int[1];
        ClipWindows.read(
                ClipSource.file(
                        PictureSource.of(
                                out.resolve(part).resolve(line.get("file_name").getAsString()))),
                new PictureFormat(3, 16, 16),
                ClipSampling.of(1),
                (number, pixels) -> {
                    frames[0]++;
                    return true;
                });
        return frames[0];
    }

    private static List<JsonObject> lines(Path out, String part) throws IOException {
        return Files.readAllLines(out.resolve(part).resolve("metadata.jsonl")).stream()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
    }

    private static Map<String, ByteBuffer> files(Path set) throws IOException {
        Map<String, ByteBuffer> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(set)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(
                        set.relativize(file).toString(), ByteBuffer.wrap(Files.readAllBytes(file)));
            }
        }
        return files;
    }
}
