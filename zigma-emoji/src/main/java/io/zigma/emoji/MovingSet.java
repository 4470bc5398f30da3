package io.zigma.emoji;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.zigma.base.Amount;
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
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Makes a set of captioned clips of emoji that move: folders {@code train}, {@code test} and {@code
 * classifier}, each of APNG files with a {@code metadata.jsonl} that says of every clip its
 * captions ({@code text}) and what it shows ({@code thing}, {@code motion}, {@code colour}, {@code
 * style}, {@code background}, {@code held_out}); and {@code LICENSES.md}.
 *
 * <p>Where folders of animated emoji are named, half of the clips of each part are made of those,
 * behind the others; their motion is {@code animated}.
 *
 * <p>No clip of {@code test} or {@code classifier} is one of {@code train}, or of another of
 * theirs.
 */
public final class MovingSet {

    /** Where the frames of animations are until the set is whole. */
    private static final String STORE = "animations";

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
     * @param animations folders of animated emoji; empty for none
     * @param out a folder that does not exist yet; it comes as a whole or not at all
     * @param options sizes, numbers, things, seed
     * @param says takes lines about animations: those that cannot be read, and how many clips were
     *     made; from any thread
     * @param progress called with the progress; of animations, files that are read count too
     * @return what was made of still emoji
     * @throws IOException if the jar has not these sets, a folder has no animation of the things,
     *     or the set cannot be written
     * @throws IllegalArgumentException if more clips of a thing are asked for than there can be, or
     *     a thing is none of {@link EmojiSet#things()}
     */
    public static EmojiSet.Made make(
            Path jar,
            List<Path> animations,
            Path out,
            MovingOptions options,
            Consumer<String> says,
            EmojiSet.Progress progress)
            throws IOException {
        return make(jar, Things.all(), animations, out, options, says, progress);
    }

    /** Makes a set of some things. */
    static EmojiSet.Made make(
            Path jar,
            List<Thing> things,
            List<Path> animations,
            Path out,
            MovingOptions options,
            Consumer<String> says,
            EmojiSet.Progress progress)
            throws IOException {
        List<Thing> drawn = Things.named(things, options.things());
        List<AnimationFile> files =
                animations.isEmpty() ? List.of() : files(jar, things, animations, options);
        // as for still emoji: colours are examined at the size of the pictures
        Catalogue catalogue = Catalogue.read(jar, drawn, options.size());
        catalogue.requireDrawn(options.things(), options.styles());
        MovingOptions moved = files.isEmpty() ? options : options.withoutAnimated();
        MovingPlan plan = MovingPlan.of(catalogue, moved);
        int total = files.size() + options.train() + options.test() + options.classifier();
        SetFolder.make(
                out,
                folder -> {
                    AnimationPlan animated = new AnimationPlan(List.of());
                    if (!files.isEmpty()) {
                        Path store = Files.createDirectory(folder.resolve(STORE));
                        Animations read =
                                Animations.read(
                                        files,
                                        store,
                                        options,
                                        says,
                                        (done, all) -> progress.made(done, total));
                        animated = AnimationPlan.of(read, moved, options);
                    }
                    ByIcon.make(
                            plan.clips(),
                            Planned::icon,
                            (icon, clips) -> draw(icon, clips, options, folder),
                            (done, all) -> progress.made(files.size() + done, total));
                    if (!files.isEmpty()) {
                        int before = files.size() + plan.clips().size();
                        ByIcon.make(
                                animated.clips(),
                                clip -> clip.shown().animation(),
                                (animation, clips) ->
                                        AnimatedClips.draw(animation, clips, options, folder),
                                (done, all) -> progress.made(before + done, total));
                        NewFolder.remove(folder.resolve(STORE));
                    }
                    for (Part part : Part.values()) {
                        writeMetadata(plan, animated, part, options, folder);
                    }
                    Map<Path, Integer> sources = sources(animated);
                    Files.writeString(
                            folder.resolve("LICENSES.md"),
                            Licences.text(
                                    options, catalogue, plan.clips().size(), sources.values()));
                    if (!files.isEmpty()) {
                        says.accept(
                                "%s of still emoji that are moved"
                                        .formatted(Amount.of(plan.clips().size(), "clip")));
                        sources.forEach(
                                (source, clips) ->
                                        says.accept(
                                                "%s of the animations in %s"
                                                        .formatted(
                                                                Amount.of(clips, "clip"), source)));
                    }
                });
        List<Icon> icons =
                catalogue.icons().filter(icon -> options.styles().contains(icon.style())).toList();
        return new EmojiSet.Made(
                (int) icons.stream().map(Icon::thing).distinct().count(),
                icons.size(),
                (int) icons.stream().filter(icon -> !icon.coloured().isEmpty()).count(),
                (int)
                        plan.clips().stream()
                                .filter(clip -> clip.part() == Part.TEST)
                                .filter(clip -> clip.shown().heldOut())
                                .count());
    }

    /** Finds the animations that are wanted; all things name them, wanted or not. */
    private static List<AnimationFile> files(
            Path jar, List<Thing> things, List<Path> animations, MovingOptions options)
            throws IOException {
        List<AnimationFile> files =
                AnimationFiles.in(animations, CodePoints.read(jar), things).stream()
                        .filter(
                                file ->
                                        options.things().isEmpty()
                                                || options.things().contains(file.thing().name()))
                        .toList();
        for (Path folder : animations) {
            if (files.stream().noneMatch(file -> file.folder().equals(folder))) {
                throw AnimationFiles.noneOfThose(folder);
            }
        }
        return files;
    }

    /** Returns how many clips are of each folder. */
    private static Map<Path, Integer> sources(AnimationPlan animated) {
        Map<Path, Integer> sources = new TreeMap<>();
        animated.clips()
                .forEach(
                        clip ->
                                sources.merge(
                                        clip.shown().animation().source().folder(),
                                        1,
                                        Integer::sum));
        return sources;
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

    /** Returns a clip as a file. */
    static byte[] apng(List<BufferedImage> frames) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        MediaFormats.APNG.write(bytes, new MediaContent(frames, DELAY, DELAY, Map.of()));
        return bytes.toByteArray();
    }

    /** A clip and what is known of it. */
    private record Described(Part part, Supplier<JsonObject> line) {}

    private static void writeMetadata(
            MovingPlan plan, AnimationPlan animated, Part part, MovingOptions options, Path folder)
            throws IOException {
        boolean named = options.styles().size() > 1;
        List<Described> clips = new ArrayList<>();
        Random random = Seeds.random(options.seed(), "moving/" + part.folder() + "/captions");
        MovingCaptions captions = new MovingCaptions(named);
        for (Planned clip : plan.clips()) {
            clips.add(new Described(clip.part(), () -> line(clip, captions, random)));
        }
        Random rest = Seeds.random(options.seed(), "animated/" + part.folder() + "/captions");
        AnimatedCaptions others = new AnimatedCaptions(named);
        for (AnimationPlan.Planned clip : animated.clips()) {
            clips.add(new Described(clip.part(), () -> line(clip, others, rest)));
        }
        SetFolder.describe(folder, part, clips, Described::part, clip -> clip.line().get());
    }

    private static JsonObject line(Planned clip, MovingCaptions captions, Random random) {
        return line(
                clip.number(),
                captions.of(clip.shown(), random),
                clip.shown().still(),
                clip.shown().motion().word(),
                clip.shown().heldOut());
    }

    private static JsonObject line(
            AnimationPlan.Planned clip, AnimatedCaptions captions, Random random) {
        return line(
                clip.number(),
                captions.of(clip.shown(), random),
                clip.shown().still(),
                AnimatedCombination.WORD,
                clip.shown().animation().source().heldOut());
    }

    private static JsonObject line(
            int number, List<String> captions, Combination still, String motion, boolean heldOut) {
        JsonArray texts = new JsonArray();
        captions.forEach(texts::add);
        JsonObject line = new JsonObject();
        line.addProperty("file_name", SetFolder.fileName(number));
        line.add("text", texts);
        line.addProperty("thing", still.thing().name());
        line.addProperty("motion", motion);
        line.addProperty("colour", still.colourWord());
        line.addProperty("style", still.style().word());
        line.addProperty("background", still.backgroundWord());
        line.addProperty("held_out", heldOut);
        return line;
    }
}
