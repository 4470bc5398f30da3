package io.zigma.emoji;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.zigma.emoji.Plan.Planned;
import io.zigma.io.ContentHash;
import io.zigma.media.PngFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Makes a set of captioned emoji: folders {@code train}, {@code test} and {@code classifier}, each
 * of PNG files with a {@code metadata.jsonl} that says of every picture its captions ({@code text})
 * and what it shows ({@code thing}, {@code colour}, {@code style}, {@code background}, {@code
 * held_out}); and {@code LICENSES.md}.
 *
 * <p>No picture of {@code test} or {@code classifier} is one of {@code train}, or of another of
 * theirs.
 */
public final class EmojiSet {

    /** Drawings are so many times as large as pictures, because clipping paths are not smoothed. */
    private static final int OVERSAMPLING = 4;

    /** So many times as large as pictures of more than {@link #SMALL} pixels a side. */
    private static final int OVERSAMPLING_LARGE = 2;

    private static final int SMALL = 128;

    private static final int WHITE = 0xffffff;
    private static final int ATTEMPTS = 10_000;

    private EmojiSet() {}

    /** Called with the progress; from any thread. */
    @FunctionalInterface
    public interface Progress {

        /**
         * Some pictures more are written; whatever this throws ends the making.
         *
         * @param done how many are
         * @param total how many will be
         */
        void made(int done, int total);
    }

    /**
     * What was made.
     *
     * @param things how many
     * @param icons how many drawings of them, all styles together
     * @param recolourable how many of these can be moved to another colour
     * @param heldOut how many pictures or clips of {@code test} show a combination that is held out
     *     from {@code train}: half of them, or none where the things have no such combination
     */
    public record Made(int things, int icons, int recolourable, int heldOut) {}

    /**
     * Returns what can be drawn, still or moving.
     *
     * @return the names of the things, as captions call them
     * @throws IOException if the list of them, which is part of this module, cannot be read
     */
    public static List<String> things() throws IOException {
        return Things.all().stream().map(Thing::name).toList();
    }

    /**
     * Makes a set.
     *
     * @param jar that holds Iconify's sets
     * @param out a folder that does not exist yet; it comes as a whole or not at all
     * @param options sizes, numbers, things, seed
     * @param progress called with the progress
     * @return what was made
     * @throws IOException if the jar has not these sets, or the folder cannot be written
     * @throws IllegalArgumentException if more pictures of a thing are asked for than there can be,
     *     or a thing is none of {@link #things()}
     */
    public static Made make(Path jar, Path out, EmojiOptions options, Progress progress)
            throws IOException {
        return make(jar, Things.all(), out, options, progress);
    }

    /** Makes a set of some of these things. */
    static Made make(
            Path jar, List<Thing> things, Path out, EmojiOptions options, Progress progress)
            throws IOException {
        Catalogue catalogue =
                Catalogue.read(jar, Things.named(things, options.things()), options.size());
        catalogue.requireDrawn(options.things(), Set.of(Style.values()));
        Plan plan = Plan.of(catalogue, options);
        SetFolder.make(
                out,
                folder -> {
                    ByIcon.make(
                            plan.pictures(),
                            Planned::icon,
                            (icon, pictures) -> draw(icon, pictures, options, folder),
                            progress);
                    for (Part part : Part.values()) {
                        writeMetadata(plan, part, options, folder);
                    }
                    Files.writeString(
                            folder.resolve("LICENSES.md"), Licences.text(options, catalogue));
                });
        return new Made(
                catalogue.things().size(),
                (int) catalogue.icons().count(),
                (int) catalogue.icons().filter(icon -> !icon.coloured().isEmpty()).count(),
                (int)
                        plan.pictures().stream()
                                .filter(picture -> picture.part() == Part.TEST)
                                .filter(picture -> HeldOut.is(picture.combination()))
                                .count());
    }

    private static void draw(Icon icon, List<Planned> pictures, EmojiOptions options, Path folder)
            throws IOException {
        int times = options.size() <= SMALL ? OVERSAMPLING : OVERSAMPLING_LARGE;
        Drawing drawing = Drawing.of(icon.svg(), times * options.size());
        boolean recoloured =
                pictures.stream().anyMatch(picture -> picture.combination().colour() != null);
        MainColour main = recoloured ? MainColour.of(drawing) : null;
        Map<String, Composer> composers = new HashMap<>();
        Set<ByteBuffer> seen = new HashSet<>();
        Random random =
                Seeds.random(options.seed(), icon.thing().icon() + "/" + icon.style().word());
        for (Planned picture : pictures) {
            Combination shown = picture.combination();
            Composer composer =
                    composers.computeIfAbsent(
                            shown.colourWord(),
                            word ->
                                    new Composer(
                                            main == null || shown.colour() == null
                                                    ? drawing
                                                    : main.moved(drawing, shown.colour()),
                                            options.size()));
            Poses poses = picture.part() == Part.CLASSIFIER ? Poses.VARIED : options.poses();
            byte[] png = another(composer, shown, poses, random, seen);
            Files.write(
                    folder.resolve(picture.part().folder())
                            .resolve(SetFolder.fileName(picture.number())),
                    png);
        }
    }

    /** Makes a picture that is none of those before it. */
    private static byte[] another(
            Composer composer,
            Combination shown,
            Poses poses,
            Random random,
            Set<ByteBuffer> seen) {
        int background = shown.background() == null ? WHITE : shown.background().background();
        for (int i = 0; i < ATTEMPTS; i++) {
            Jitter jitter = poses.next(random, shown.thing().mirrored());
            byte[] png = PngFile.bytes(composer.picture(jitter, background), Map.of());
            if (seen.add(ByteBuffer.wrap(ContentHash.of(png)))) {
                return png;
            }
        }
        throw new IllegalArgumentException(
                "there are not enough different pictures of '%s'; ask for fewer"
                        .formatted(Captions.full(shown)));
    }

    private static void writeMetadata(Plan plan, Part part, EmojiOptions options, Path folder)
            throws IOException {
        Random random = Seeds.random(options.seed(), part.folder() + "/captions");
        SetFolder.describe(
                folder, part, plan.pictures(), Planned::part, picture -> line(picture, random));
    }

    private static JsonObject line(Planned picture, Random random) {
        Combination shown = picture.combination();
        JsonArray captions = new JsonArray();
        Captions.of(shown, random).forEach(captions::add);
        JsonObject line = new JsonObject();
        line.addProperty("file_name", SetFolder.fileName(picture.number()));
        line.add("text", captions);
        line.addProperty("thing", shown.thing().name());
        line.addProperty("colour", shown.colourWord());
        line.addProperty("style", shown.style().word());
        line.addProperty("background", shown.backgroundWord());
        line.addProperty("held_out", HeldOut.is(shown));
        return line;
    }
}
