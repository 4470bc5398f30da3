package io.zigma.emoji;

import io.zigma.media.ClipSource;
import io.zigma.media.PictureSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The animated emoji of some folders, decoded once.
 *
 * @param moving those that move and can be seen, in the order of their files
 */
record Animations(List<Animation> moving) {

    /**
     * A picture of which hardly a pixel changes by a level is still, however many frames it has.
     */
    private static final double MOVES = 0.1;

    private static final int WHITE = 0xffffff;

    Animations {
        moving = List.copyOf(moving);
    }

    /**
     * Reads files, on all processors. One that cannot be read is left out and named.
     *
     * @param files of one or more folders
     * @param store a folder for the decoded frames
     * @param options size and number of frames
     * @param says takes a line about each file that is left out because it cannot be read, and one
     *     about each folder; from any thread
     * @param progress called with the progress; what it throws ends the reading
     * @throws IOException if of any folder nothing moves, or the frames cannot be stored
     */
    static Animations read(
            List<AnimationFile> files,
            Path store,
            MovingOptions options,
            Consumer<String> says,
            EmojiSet.Progress progress)
            throws IOException {
        Map<AnimationFile, Animation> found = new ConcurrentHashMap<>();
        ByIcon.make(
                files,
                file -> file,
                (file, once) -> {
                    AnimationFrames frames;
                    try {
                        frames =
                                AnimationFrames.read(
                                        ClipSource.file(PictureSource.of(file.file())),
                                        options.frames(),
                                        options.size());
                    } catch (IOException e) {
                        says.accept("%s: %s; left out".formatted(file.file(), e.getMessage()));
                        return;
                    }
                    double motion = frames.own() < 2 ? 0 : frames.motion();
                    List<Colour> backgrounds =
                            motion < MOVES
                                    ? List.of()
                                    : Colour.OF_BACKGROUNDS.stream()
                                            .filter(colour -> frames.isSeenOn(colour.background()))
                                            .toList();
                    boolean onWhite = motion >= MOVES && frames.isSeenOn(WHITE);
                    if (onWhite || !backgrounds.isEmpty()) {
                        Path stored = store.resolve(file.points());
                        frames.write(stored);
                        found.put(file, new Animation(file, stored, motion, onWhite, backgrounds));
                    }
                },
                progress);
        List<Animation> moving = new ArrayList<>();
        for (AnimationFile file : files) {
            Animation animation = found.get(file);
            if (animation != null) {
                moving.add(animation);
            }
        }
        Animations all = new Animations(moving);
        for (Path folder : files.stream().map(AnimationFile::folder).distinct().toList()) {
            List<Animation> here = all.of(folder);
            if (here.isEmpty()) {
                throw options.things().isEmpty()
                        ? AnimationFiles.none(folder)
                        : AnimationFiles.noneOfThose(folder);
            }
            long toned = here.stream().filter(one -> one.source().tone() != null).count();
            says.accept(
                    String.format(
                            Locale.ROOT,
                            "%s: %d of %d emoji move, %d of them with skin tones",
                            folder,
                            here.size(),
                            files.stream().filter(file -> file.folder().equals(folder)).count(),
                            toned));
        }
        return all;
    }

    /** Returns those of one folder. */
    List<Animation> of(Path folder) {
        return moving.stream().filter(one -> one.source().folder().equals(folder)).toList();
    }
}
