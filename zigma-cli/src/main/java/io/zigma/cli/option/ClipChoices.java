package io.zigma.cli.option;

import io.zigma.media.ClipSampling;
import io.zigma.media.ClipSampling.ShortClip;
import io.zigma.train.data.ClipOptions;
import io.zigma.train.data.ClipOptions.Layout;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.Option;

/** The options that say how clips are read to train on. */
final class ClipChoices {

    private static final int MOST_FRAMES = 1024;
    private static final double HIGHEST_RATE = 240;
    private static final double SOURCE_FPS = 10;

    static final Option FRAMES =
            Flags.value(
                    null,
                    "frames",
                    "N",
                    "train on clips of N frames, for a model of videos: GIF, APNG, animated WebP and MP4"
                            + " (H.264) files, and pictures as clips that do not move; long ones are cut"
                            + " into as many as they give");
    private static final Option FPS =
            Flags.value(
                    null,
                    "fps",
                    "R",
                    "with --frames: frames a second to take of clips, whatever their own; default: each"
                            + " of their own");
    private static final Option STRIDE =
            Flags.value(
                    null,
                    "stride",
                    "N",
                    "with --frames: take every Nth frame of their own; default 1");
    private static final Option SHORT =
            Flags.value(
                    null,
                    "short-clips",
                    "NAME",
                    "with --frames: a clip with fewer begins again (loop, the default), holds its last"
                            + " frame (hold), or is left out (leave-out)");
    private static final Option LAYOUT =
            Flags.value(
                    null,
                    "clips",
                    "NAME|GRID",
                    "with --frames: every file is a clip (files, the default), every folder of numbered"
                            + " pictures (folders), or every picture, whose frames stand in rows and"
                            + " columns such as 4x8, or 4x8:30 for the first 30");
    private static final Option SOURCE_FPS_OPTION =
            Flags.value(
                    null,
                    "source-fps",
                    "R",
                    "with --clips folders or GRID: frames a second that these have, for --fps; default 10");

    static final OptionSection SECTION =
            OptionSection.of("Clips", FRAMES, FPS, STRIDE, SHORT, LAYOUT, SOURCE_FPS_OPTION);

    private final Arguments arguments;

    ClipChoices(Arguments arguments) {
        this.arguments = arguments;
    }

    /** Returns whether any of these options is given. */
    private boolean given() {
        return SECTION.options().stream().anyMatch(arguments::has);
    }

    /**
     * Refuses all of these options.
     *
     * @param why goes on after the option's name
     * @throws UsageException if one is given
     */
    void requireNone(String why) {
        for (Option option : SECTION.options()) {
            if (arguments.has(option)) {
                throw new UsageException(Arguments.spelling(option) + " " + why);
            }
        }
    }

    /**
     * Returns how clips of a new run are read.
     *
     * @return empty for pictures
     * @throws UsageException if a value cannot be meant, or there are options but no number of
     *     frames
     */
    Optional<ClipOptions> ofNewRun() {
        if (!arguments.has(FRAMES)) {
            if (given()) {
                throw new UsageException(
                        "options of clips need --frames, how many the model's videos have");
            }
            return Optional.empty();
        }
        return Optional.of(over(ClipOptions.of(arguments.integer(FRAMES, 1, MOST_FRAMES, 1))));
    }

    /**
     * Returns how clips are read for a model that is there.
     *
     * @param frames of its videos, 0 for a model of pictures
     * @param before how they were read when it was trained, if that is known
     * @return empty for pictures
     * @throws UsageException if the options require something else
     */
    Optional<ClipOptions> ofModel(int frames, Optional<ClipOptions> before) {
        if (frames == 0) {
            if (given()) {
                throw new UsageException(
                        "the model makes pictures; leave out the options of clips");
            }
            return Optional.empty();
        }
        if (arguments.integer(FRAMES, 1, MOST_FRAMES, frames) != frames) {
            throw new UsageException(
                    "--frames must be that of the model, %s; leave it out".formatted(frames));
        }
        return Optional.of(over(before.orElse(ClipOptions.of(frames))));
    }

    private ClipOptions over(ClipOptions base) {
        ClipSampling sampling = base.sampling();
        boolean rate = arguments.has(FPS);
        if (rate && arguments.has(STRIDE)) {
            throw new UsageException("--fps and --stride contradict each other; leave one out");
        }
        List<String> shorts = Arrays.stream(ShortClip.values()).map(ShortClip::toString).toList();
        String shorter = arguments.choice(SHORT, shorts, sampling.shorter().toString());
        try {
            return new ClipOptions(
                    new ClipSampling(
                            sampling.frames(),
                            arguments.has(STRIDE)
                                    ? 0
                                    : rate
                                            ? arguments.number(FPS, 0.01, HIGHEST_RATE, 1)
                                            : sampling.fps(),
                            rate ? 1 : arguments.integer(STRIDE, 1, 1000, sampling.stride()),
                            ShortClip.values()[shorts.indexOf(shorter)]),
                    layout().orElse(base.layout()),
                    arguments.number(
                            SOURCE_FPS_OPTION,
                            0.01,
                            HIGHEST_RATE,
                            arguments.has(SOURCE_FPS_OPTION) ? SOURCE_FPS : base.sourceFps()));
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private Optional<Layout> layout() {
        try {
            return arguments.text(LAYOUT).map(Layout::parse);
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "--clips is files, folders, or a grid: %s".formatted(e.getMessage()));
        }
    }
}
