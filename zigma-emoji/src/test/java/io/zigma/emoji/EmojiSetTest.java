package io.zigma.emoji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmojiSetTest {

    private static final EmojiOptions FEW =
            new EmojiOptions(16, 300, 40, 60, Poses.VARIED, EmojiOptions.COLOURED, Set.of(), 7);
    private static final EmojiSet.Progress QUIET = (done, total) -> {};

    @TempDir Path place;
    private Path jar;

    @BeforeEach
    void makeIcons() throws IOException {
        jar = new TinyIcons().write(place.resolve("icons.jar"));
    }

    @Test
    void everyPartHasAPictureForEveryLine() throws IOException {
        Path out = make("set", FEW);
        Map<String, Integer> sizes = Map.of("train", 300, "test", 40, "classifier", 60);
        for (Map.Entry<String, Integer> part : sizes.entrySet()) {
            List<JsonObject> lines = lines(out, part.getKey());
            assertThat(lines).hasSize(part.getValue());
            try (Stream<Path> files = Files.list(out.resolve(part.getKey()))) {
                assertThat(files).hasSize(part.getValue() + 1);
            }
            BufferedImage picture = picture(out, part.getKey(), lines.get(0));
            assertThat(List.of(picture.getWidth(), picture.getHeight())).containsExactly(16, 16);
            assertThat(picture.getColorModel().hasAlpha()).isFalse();
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
                                        new EmojiOptions(
                                                16,
                                                300,
                                                40,
                                                60,
                                                Poses.VARIED,
                                                EmojiOptions.COLOURED,
                                                Set.of(),
                                                8))))
                .isNotEqualTo(files);
    }

    @Test
    void trainingHasNoPairThatIsHeldOut() throws IOException {
        List<Thing> many = new ArrayList<>();
        TinyIcons icons = new TinyIcons();
        for (int i = 0; i < 40; i++) {
            many.add(new Thing("thing-" + i, "thing " + i, List.of(), true));
            for (Style style : Style.values()) {
                icons.with(style, "thing-" + i, TinyIcons.RED_DISC);
            }
        }
        Path manyJar = icons.write(place.resolve("many.jar"));
        Path out = place.resolve("many");
        EmojiSet.make(
                manyJar,
                many,
                out,
                new EmojiOptions(
                        16, 3000, 200, 400, Poses.VARIED, EmojiOptions.COLOURED, Set.of(), 1),
                QUIET);
        Set<String> trained = new HashSet<>();
        for (JsonObject line : lines(out, "train")) {
            assertThat(line.get("held_out").getAsBoolean()).isFalse();
            trained.addAll(pairs(line));
        }
        int heldOut = 0;
        for (JsonObject line : lines(out, "test")) {
            boolean seen = trained.containsAll(pairs(line));
            assertThat(line.get("held_out").getAsBoolean()).as("%s", line).isEqualTo(!seen);
            heldOut += seen ? 0 : 1;
        }
        assertThat(heldOut).isEqualTo(100);
        assertThat(lines(out, "classifier")).anyMatch(line -> line.get("held_out").getAsBoolean());
    }

    @Test
    void asManyPicturesToTrainOnAreRecolouredAsAskedForAndTheOthersAsEver() throws IOException {
        Path never = make("never", coloured(0));
        Path always = make("always", coloured(1));
        assertThat(lines(never, "train")).allMatch(line -> colour(line).equals("own"));
        assertThat(lines(always, "train").stream().map(EmojiSetTest::colour).distinct())
                .hasSizeGreaterThan(4);
        assertThat(lines(always, "train").stream().filter(line -> colour(line).equals("own")))
                .hasSizeLessThan(
                        (int)
                                lines(make("set", FEW), "train").stream()
                                        .filter(line -> colour(line).equals("own"))
                                        .count());
        assertThat(lines(always, "classifier")).isEqualTo(lines(never, "classifier"));
    }

    private static EmojiOptions coloured(double share) {
        return new EmojiOptions(16, 300, 0, 60, Poses.VARIED, share, Set.of(), 7);
    }

    private static String colour(JsonObject line) {
        return line.get("colour").getAsString();
    }

    @Test
    void noPictureIsThereTwice() throws IOException {
        Path out = make("set", FEW);
        Set<ByteBuffer> pictures = new HashSet<>();
        for (Map.Entry<String, ByteBuffer> file : files(out).entrySet()) {
            if (file.getKey().endsWith(".png")) {
                assertThat(pictures.add(file.getValue())).as(file.getKey()).isTrue();
            }
        }
        assertThat(pictures).hasSize(400);
    }

    @Test
    void steadyDrawingsDifferByLittleButInWhatTheClassifierSees() throws IOException {
        // 64 pixels, as the shifts are in quarters of one
        Path out =
                make(
                        "steady",
                        new EmojiOptions(
                                64, 60, 8, 60, Poses.STEADY, EmojiOptions.COLOURED, Set.of(), 7));
        assertThat(widths(out, "train")).allSatisfy(width -> assertThat(width).isBetween(52, 55));
        assertThat(widths(out, "test")).allSatisfy(width -> assertThat(width).isBetween(52, 55));
        assertThat(new HashSet<>(widths(out, "classifier"))).hasSizeGreaterThan(4);
    }

    /** How many pixels of the middle row a disc covers, which are not the background. */
    private static List<Integer> widths(Path out, String part) throws IOException {
        List<Integer> widths = new ArrayList<>();
        for (JsonObject line : lines(out, part)) {
            if (!line.get("thing").getAsString().equals("disc")) {
                continue;
            }
            BufferedImage picture = picture(out, part, line);
            int width = 0;
            for (int x = 0; x < picture.getWidth(); x++) {
                width += picture.getRGB(x, 32) == picture.getRGB(0, 0) ? 0 : 1;
            }
            widths.add(width);
        }
        return widths;
    }

    @Test
    void moreSteadyPicturesThanPlacesInTheMiddleAreMade() throws IOException {
        Path out =
                make(
                        "steady",
                        new EmojiOptions(
                                32, 900, 0, 0, Poses.STEADY, EmojiOptions.COLOURED, Set.of(), 7));
        Map<String, Set<ByteBuffer>> ofIcons = new HashMap<>(); // all styles draw the same here
        for (JsonObject line : lines(out, "train")) {
            Path file = out.resolve("train").resolve(line.get("file_name").getAsString());
            ofIcons.computeIfAbsent(
                            line.get("thing").getAsString() + line.get("style").getAsString(),
                            icon -> new HashSet<>())
                    .add(ByteBuffer.wrap(Files.readAllBytes(file)));
        }
        assertThat(ofIcons.values().stream().mapToInt(Set::size).sum()).isEqualTo(900);
    }

    @Test
    void largePicturesHaveTheColoursOfSmallOnes() throws IOException {
        Path out =
                make(
                        "large",
                        new EmojiOptions(
                                160, 60, 0, 0, Poses.VARIED, EmojiOptions.COLOURED, Set.of(), 7));
        Set<String> colours = new HashSet<>();
        for (JsonObject line : lines(out, "train")) {
            BufferedImage picture = picture(out, "train", line);
            assertThat(picture.getWidth()).isEqualTo(160);
            if (line.get("thing").getAsString().equals("disc")) {
                colours.add(line.get("colour").getAsString());
                Colour wanted =
                        line.get("colour").getAsString().equals("own")
                                ? null
                                : of(line.get("colour").getAsString());
                int expected =
                        wanted == null
                                ? 0xd02020
                                : new Hsv(wanted.hue(), wanted.saturation(), wanted.value()).rgb();
                int middle = picture.getRGB(80, 80) & 0xffffff;
                for (int shift = 0; shift <= 16; shift += 8) {
                    assertThat((middle >> shift & 0xff) - (expected >> shift & 0xff))
                            .as("%s", line)
                            .isBetween(-2, 2);
                }
            }
        }
        assertThat(colours).hasSizeGreaterThan(2);
    }

    @Test
    void everyCaptionSaysWhatThePictureShows() throws IOException {
        for (JsonObject line : lines(make("set", FEW), "train")) {
            String thing = line.get("thing").getAsString();
            String colour = line.get("colour").getAsString();
            String background = line.get("background").getAsString();
            List<String> captions =
                    line.getAsJsonArray("text").asList().stream()
                            .map(JsonElement::getAsString)
                            .toList();
            assertThat(captions).hasSize(8);
            for (String caption : captions) {
                String subject = caption.split(",", 2)[0];
                assertThat(subject).containsAnyOf(thing, "round one");
                for (Colour other : Colour.values()) {
                    assertThat(subject.contains(other.word()))
                            .as("%s in %s", other, caption)
                            .isEqualTo(other.word().equals(colour));
                }
                assertThat(caption.contains("background"))
                        .as(caption)
                        .isEqualTo(
                                !background.equals("white")
                                        || caption.contains("white background"));
            }
            assertThat(captions)
                    .filteredOn(
                            caption ->
                                    caption.contains("style of " + line.get("style").getAsString()))
                    .hasSizeGreaterThanOrEqualTo(5);
        }
    }

    @Test
    void aPictureHasTheColoursThatItsLineSays() throws IOException {
        Path out = make("set", FEW);
        Map<String, Integer> seen = new HashMap<>();
        for (JsonObject line : lines(out, "train")) {
            if (!line.get("thing").getAsString().equals("disc")) {
                continue;
            }
            BufferedImage picture = picture(out, "train", line);
            String colour = line.get("colour").getAsString();
            int middle = picture.getRGB(8, 8) & 0xffffff;
            Colour wanted = colour.equals("own") ? null : of(colour);
            int expected =
                    wanted == null
                            ? 0xd02020
                            : new Hsv(wanted.hue(), wanted.saturation(), wanted.value()).rgb();
            for (int shift = 0; shift <= 16; shift += 8) {
                // means of many pixels are rounded
                assertThat((middle >> shift & 0xff) - (expected >> shift & 0xff))
                        .as("%s", line)
                        .isBetween(-2, 2);
            }
            String background = line.get("background").getAsString();
            int corner = picture.getRGB(0, 0) & 0xffffff;
            assertThat(corner)
                    .as("%s", line)
                    .isEqualTo(background.equals("white") ? 0xffffff : of(background).background());
            seen.merge(colour, 1, Integer::sum);
        }
        assertThat(seen.keySet()).contains("own", "blue", "brown");
    }

    @Test
    void greyThingsKeepTheirColoursAndWhiteOnesNeverLieOnWhite() throws IOException {
        Path out = make("set", FEW);
        int bars = 0;
        int snow = 0;
        for (JsonObject line : lines(out, "train")) {
            switch (line.get("thing").getAsString()) {
                case "bar" -> {
                    assertThat(line.get("colour").getAsString()).isEqualTo("own");
                    bars++;
                }
                case "snow" -> {
                    assertThat(line.get("background").getAsString()).isNotEqualTo("white");
                    snow++;
                }
                default -> {}
            }
        }
        assertThat(Math.min(bars, snow)).isPositive();
    }

    @Test
    void aThingThatFewStylesHaveIsLeftOut() throws IOException {
        new TinyIcons()
                .without(Style.NOTO, "disc")
                .without(Style.FLAT, "square")
                .without(Style.NOTO, "square")
                .write(jar);
        EmojiSet.Made made = EmojiSet.make(jar, TinyIcons.THINGS, place.resolve("set"), FEW, QUIET);
        assertThat(made.things()).isEqualTo(4);
        assertThat(made.icons()).isEqualTo(15);
        assertThat(made.recolourable()).isEqualTo(7);
        assertThat(lines(place.resolve("set"), "train"))
                .noneMatch(line -> line.get("thing").getAsString().equals("square"))
                .anyMatch(line -> line.get("thing").getAsString().equals("disc"));
    }

    @Test
    void anIconIsFoundByItsOtherName() throws IOException {
        new TinyIcons().withAlias("ring", "disc").write(jar);
        Icons icons = Icons.read(jar, List.of("ring"));
        assertThat(icons.svg(Style.NOTO, "ring").orElseThrow())
                .contains("<circle")
                .contains("viewBox=\"0 0 16.0 16.0\"");
        assertThat(icons.svg(Style.NOTO, "disc")).isEmpty();
    }

    @Test
    void licencesLieBesideThePictures() throws IOException {
        assertThat(make("set", FEW).resolve("LICENSES.md"))
                .content()
                .contains(
                        "5 things",
                        "300 pictures",
                        "varied poses",
                        "seed 7",
                        "CC-BY 4.0",
                        "Twitter",
                        "Google");
    }

    @Test
    void aFileThatIsNoJarOfIconsIsNamed() throws IOException {
        Path text = Files.writeString(place.resolve("text.jar"), "no zip");
        assertThatThrownBy(() -> make(text, "set"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("text.jar: is no jar that can be read");
        new TinyIcons().withoutSet(Style.NOTO).write(jar);
        assertThatThrownBy(() -> make(jar, "set"))
                .hasMessageContaining("icons.jar: holds no icon set json/noto.json");
        new TinyIcons().with(Style.FLAT, "disc", "<circle").write(jar);
        assertThatThrownBy(() -> make(jar, "set"))
                .hasMessageContaining("disc in fluent-emoji-flat");
        assertThat(place.resolve("set")).doesNotExist();
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
        assertThatThrownBy(() -> EmojiSet.make(jar, TinyIcons.THINGS, out, FEW, stopping))
                .isInstanceOf(CancellationException.class);
        try (Stream<Path> left = Files.list(place)) {
            assertThat(left).containsExactly(jar);
        }
    }

    @Test
    void moreTestPicturesThanThereCanBeAreRefused() {
        assertThatThrownBy(
                        () ->
                                new EmojiOptions(
                                        64,
                                        0,
                                        10,
                                        0,
                                        Poses.VARIED,
                                        EmojiOptions.COLOURED,
                                        Set.of(),
                                        1))
                .hasMessageContaining("half of the test pictures");
        assertThatThrownBy(
                        () ->
                                new EmojiOptions(
                                        8,
                                        1,
                                        1,
                                        0,
                                        Poses.VARIED,
                                        EmojiOptions.COLOURED,
                                        Set.of(),
                                        1))
                .hasMessageContaining("16 to 512");
        for (double share : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThatThrownBy(() -> coloured(share)).hasMessageContaining("0 to 1, not " + share);
        }
        assertThatThrownBy(
                        () ->
                                new EmojiOptions(
                                        64,
                                        -1,
                                        0,
                                        0,
                                        Poses.VARIED,
                                        EmojiOptions.COLOURED,
                                        Set.of(),
                                        1))
                .hasMessageContaining("-1");
    }

    @Test
    void aThingThatIsNamedAndNotDrawnIsRefused() throws IOException {
        new TinyIcons().without(Style.FLAT, "disc").without(Style.NOTO, "disc").write(jar);
        Path out = place.resolve("set");
        EmojiOptions named =
                new EmojiOptions(
                        16, 9, 0, 0, Poses.VARIED, EmojiOptions.COLOURED, Set.of("disc", "bar"), 1);
        assertThatThrownBy(() -> EmojiSet.make(jar, TinyIcons.THINGS, out, named, QUIET))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("'disc' is not drawn");
        assertThat(out).doesNotExist();
    }

    @Test
    void aThingThatIsNotInTheListIsRefused() {
        assertThatThrownBy(() -> Things.named(TinyIcons.THINGS, Set.of("disc", "disk")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'disk'");
    }

    @Test
    void theIconsThatMavenFetchesHaveEveryThingInThreeStyles() throws IOException {
        Path fetched =
                // the running Maven's local repository
                Path.of(
                        System.getProperty("localRepository", "there is no Maven"),
                        "org/webjars/npm/iconify__json/2.2.378/iconify__json-2.2.378.jar");
        assumeTrue(Files.exists(fetched), "the icons were never fetched: there is no " + fetched);
        List<Thing> things = Things.all();
        Icons icons = Icons.read(fetched, things.stream().map(Thing::icon).toList());
        for (Thing thing : things) {
            assertThat(
                            Stream.of(Style.values())
                                    .filter(s -> icons.svg(s, thing.icon()).isPresent()))
                    .as(thing.icon())
                    .hasSizeGreaterThanOrEqualTo(3);
        }
        List<Thing> three =
                things.stream()
                        .filter(t -> List.of("crab", "red-apple", "rocket").contains(t.icon()))
                        .toList();
        Path out = place.resolve("three");
        EmojiSet.Made made =
                EmojiSet.make(
                        fetched,
                        three,
                        out,
                        new EmojiOptions(
                                32, 60, 8, 8, Poses.VARIED, EmojiOptions.COLOURED, Set.of(), 1),
                        QUIET);
        assertThat(made.icons()).isEqualTo(12);
        assertThat(lines(out, "train").stream().map(line -> line.get("thing").getAsString()))
                .contains("crab", "apple", "rocket");
    }

    private Path make(String name, EmojiOptions options) throws IOException {
        Path out = place.resolve(name);
        EmojiSet.make(jar, TinyIcons.THINGS, out, options, QUIET);
        return out;
    }

    private void make(Path icons, String name) throws IOException {
        EmojiSet.make(icons, TinyIcons.THINGS, place.resolve(name), FEW, QUIET);
    }

    private static Colour of(String word) {
        return Stream.of(Colour.values())
                .filter(colour -> colour.word().equals(word))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> pairs(JsonObject line) {
        String thing = line.get("thing").getAsString();
        return List.of(
                thing + "/" + line.get("style").getAsString(),
                thing + "/" + line.get("colour").getAsString());
    }

    private static BufferedImage picture(Path out, String part, JsonObject line)
            throws IOException {
        return ImageIO.read(
                out.resolve(part).resolve(line.get("file_name").getAsString()).toFile());
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
