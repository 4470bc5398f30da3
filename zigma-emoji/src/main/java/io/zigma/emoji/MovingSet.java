package io.zigma.emoji;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.zigma.emoji.MovingPlan.Planned;
import io.zigma.io.ContentHash;
import io.zigma.media.MediaContent;
import io.zigma.media.MediaFormats;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Makes a set of captioned clips of emoji that move: folders {@code train}, {@code test} and {@code
 * classifier}, each of APNG files with a {@code metadata.jsonl} that says of every clip its
 * captions ({@code text}) and what it shows ({@code thing}, {@code motion}, {@code colour}, {@code
 * style}, {@code background}, {@code held_out}); and {@code LICENSES.md}.
 *
 * <p>No clip of {@code test} or {@code classifier} is one of {@code train}, or of another of
 * theirs.
 */
public final class MovingSet {

    /** Drawings are so many times as large as frames. */
    private static final int OVERSAMPLING = 4;

    private static final int WHITE = 0xffffff;
    private static final int ATTEMPTS = 10_000;

    /** Eight frames a second: 16 frames take two seconds. */
    private static final Duration DELAY = Duration.ofMillis(125);

    private MovingSet() {}

    /**
     * Makes a set.
     *
     * @param jar that holds Iconify's sets
     * @param out a folder that does not exist yet; it comes as a whole or not at all
     * @param options sizes, numbers, seed
     * @param progress called with the progress
     * @return what was made
     * @throws IOException if the jar has not these sets, or the folder cannot be written
     * @throws IllegalArgumentException if more clips of a thing are asked for than there can be
     */
    public static EmojiSet.Made make(
            Path jar, Path out, MovingOptions options, EmojiSet.Progress progress)
            throws IOException {
        return make(jar, Things.all(), out, options, progress);
    }

    /** Makes a set of some things. */
    static EmojiSet.Made make(
            Path jar,
            List<Thing> things,
            Path out,
            MovingOptions options,
            EmojiSet.Progress progress)
            throws IOException {
        // as for still emoji: colours are examined at the size of the pictures
        Catalogue catalogue = Catalogue.read(jar, things, options.size());
        MovingPlan plan = MovingPlan.of(catalogue, options);
        SetFolder.make(
                out,
                folder -> {
                    ByIcon.make(
                            plan.clips(),
                            Planned::icon,
                            (icon, clips) -> draw(icon, clips, options, folder),
                            progress);
                    for (Part part : Part.values()) {
                        writeMetadata(plan, part, options, folder);
                    }
                    Files.writeString(
                            folder.resolve("LICENSES.md"), Licences.text(options, catalogue));
                });
        List<Icon> drawn =
                catalogue.icons().filter(icon -> options.styles().contains(icon.style())).toList();
        return new EmojiSet.Made(
                (int) drawn.stream().map(Icon::thing).distinct().count(),
                drawn.size(),
                (int) drawn.stream().filter(icon -> !icon.coloured().isEmpty()).count());
    }

    private static void draw(Icon icon, List<Planned> clips, MovingOptions options, Path folder)
            throws IOException {
        Drawing drawing = Drawing.of(icon.svg(), OVERSAMPLING * options.size());
        MainColour main = MainColour.of(drawing);
        Map<String, Mover> movers = new HashMap<>();
        Set<ByteBuffer> seen = new HashSet<>();
        Random random =
                Seeds.random(
                        options.seed(),
                        "moving/" + icon.thing().icon() + "/" + icon.style().word());
        for (Planned clip : clips) {
            Combination still = clip.shown().still();
            Mover mover =
                    movers.computeIfAbsent(
                            still.colourWord(),
                            word ->
                                    new Mover(
                                            still.colour() == null
                                                    ? drawing
                                                    : main.moved(drawing, still.colour()),
                                            options.size()));
            byte[] apng = another(mover, clip.shown(), options, random, seen);
            Files.write(
                    folder.resolve(clip.part().folder()).resolve(SetFolder.fileName(clip.number())),
                    apng);
        }
    }

    /** Makes a clip that is none of those before it. */
    private static byte[] another(
            Mover mover,
            MovingCombination shown,
            MovingOptions options,
            Random random,
            Set<ByteBuffer> seen)
            throws IOException {
        Colour behind = shown.still().background();
        int background = behind == null ? WHITE : behind.background();
        for (int i = 0; i < ATTEMPTS; i++) {
            Course course = Course.next(random, shown.still().thing().mirrored());
            byte[] apng = apng(frames(mover, shown.motion(), course, options, background));
            if (seen.add(ByteBuffer.wrap(ContentHash.of(apng)))) {
                return apng;
            }
        }
        throw new IllegalArgumentException(
                "there are not enough different clips of '%s'; ask for fewer"
                        .formatted(new MovingCaptions(true).full(shown)));
    }

    private static List<BufferedImage> frames(
            Mover mover, Motion motion, Course course, MovingOptions options, int background) {
        List<BufferedImage> frames = new ArrayList<>();
        for (int frame = 0; frame < options.frames(); frame++) {
            Pose pose = motion.at(course, frame, options.frames());
            frames.add(mover.frame(pose, course.mirrored(), background));
        }
        return frames;
    }

    private static byte[] apng(List<BufferedImage> frames) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        MediaFormats.APNG.write(bytes, new MediaContent(frames, DELAY, DELAY, Map.of()));
        return bytes.toByteArray();
    }

    private static void writeMetadata(
            MovingPlan plan, Part part, MovingOptions options, Path folder) throws IOException {
        Random random = Seeds.random(options.seed(), "moving/" + part.folder() + "/captions");
        MovingCaptions captions = new MovingCaptions(options.styles().size() > 1);
        SetFolder.describe(
                folder, part, plan.clips(), Planned::part, clip -> line(clip, captions, random));
    }

    private static JsonObject line(Planned clip, MovingCaptions captions, Random random) {
        Combination still = clip.shown().still();
        JsonArray texts = new JsonArray();
        captions.of(clip.shown(), random).forEach(texts::add);
        JsonObject line = new JsonObject();
        line.addProperty("file_name", SetFolder.fileName(clip.number()));
        line.add("text", texts);
        line.addProperty("thing", still.thing().name());
        line.addProperty("motion", clip.shown().motion().word());
        line.addProperty("colour", still.colourWord());
        line.addProperty("style", still.style().word());
        line.addProperty("background", still.backgroundWord());
        line.addProperty("held_out", clip.shown().heldOut());
        return line;
    }
}
