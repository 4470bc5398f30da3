package io.zigma.cli.command;

import io.zigma.base.Amount;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.Command;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.Suggestions;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.ProgressBar;
import io.zigma.cli.terminal.StopRequest;
import io.zigma.emoji.EmojiOptions;
import io.zigma.emoji.EmojiSet;
import io.zigma.emoji.IconJar;
import io.zigma.emoji.MovingOptions;
import io.zigma.emoji.MovingSet;
import io.zigma.emoji.Poses;
import io.zigma.emoji.Style;
import io.zigma.io.OutputFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.cli.Option;

/** {@code zigma data}: makes a data set out of what the registries have. */
public final class DataCommand implements Command {

    private static final String EMOJI = "emoji";
    private static final String MOVING = "moving";
    private static final List<String> SETS = List.of(EMOJI, MOVING);
    private static final EmojiOptions STILL_DEFAULTS = EmojiOptions.defaults();
    private static final MovingOptions MOVING_DEFAULTS = MovingOptions.defaults();

    private static final Option OUT =
            Flags.value("o", "out", "DIR", "folder for the pictures or clips; must not exist yet");
    private static final Option SIZE =
            Flags.value(
                    null,
                    "size",
                    "N",
                    "pictures of N by N pixels, 16 to 512, frames 16 to 128; default: "
                            + either(STILL_DEFAULTS.size(), MOVING_DEFAULTS.size()));
    private static final Option TRAIN =
            Flags.value(
                    null,
                    "train",
                    "N",
                    "pictures or clips to train on, in train; default: "
                            + either(STILL_DEFAULTS.train(), MOVING_DEFAULTS.train()));
    private static final Option TEST =
            Flags.value(
                    null,
                    "test",
                    "N",
                    "to measure with, in test, half of them of combinations that train has not;"
                            + " default: "
                            + either(STILL_DEFAULTS.test(), MOVING_DEFAULTS.test()));
    private static final Option CLASSIFIER =
            Flags.value(
                    null,
                    "classifier",
                    "N",
                    "of all combinations, to train a classifier on, in classifier; default: "
                            + either(STILL_DEFAULTS.classifier(), MOVING_DEFAULTS.classifier()));
    private static final Option SEED =
            Flags.value(
                    null,
                    "seed",
                    "N",
                    "the same seed gives the same files; default: " + STILL_DEFAULTS.seed());
    private static final Option THINGS =
            Flags.value(
                    null,
                    "things",
                    "FILE",
                    "draw only the things that this file names as captions do ('ice cream'), a line each"
                            + " or with commas between them; default: all");
    private static final Option STEADY =
            Flags.flag(
                    null,
                    "steady",
                    "drawings to train on and to measure with lie in the middle, within half of one in"
                            + " 64 pixels, are of about one size and not mirrored, so that there is less to"
                            + " learn");
    private static final Option COLOURED =
            Flags.value(
                    null,
                    "coloured",
                    "P",
                    "how many pictures to train on are of another colour than their own, of drawings that can"
                            + " be; 0 to 1; more where models miss things in other colours; default: "
                            + STILL_DEFAULTS.coloured());
    private static final Option FRAMES =
            Flags.value(
                    null,
                    "frames",
                    "N",
                    "frames of each clip, 8 to 64; default: " + MOVING_DEFAULTS.frames());
    private static final Option STYLES =
            Flags.value(
                    null,
                    "styles",
                    "A,B,...",
                    "whose drawings move: fluent, flat, noto, twemoji; default: fluent");
    private static final Option ANIMATIONS =
            Flags.values(
                    null,
                    "animations",
                    "DIR",
                    "animated emoji that half of the clips are made of: an unpacked package such as"
                            + " @lobehub/fluent-emoji-anim-1; may be given several times");
    private static final Option ICONS =
            Flags.value(
                    null,
                    "icons",
                    "FILE",
                    "the jar of " + IconJar.ARTIFACT + "; default: Maven fetches it (88 MB)");

    private static String either(int emoji, int moving) {
        return "%s for emoji, %s for moving".formatted(emoji, moving);
    }

    @Override
    public String name() {
        return "data";
    }

    @Override
    public String purpose() {
        return "Make a data set to train on: emoji with captions, still or moving.";
    }

    @Override
    public String synopsis() {
        return "emoji|moving --out DIR";
    }

    @Override
    public Optional<String> operand() {
        return Optional.of("the name of a data set that can be made: " + String.join(", ", SETS));
    }

    @Override
    public List<OptionSection> sections() {
        return List.of(
                OptionSection.of("What to make", OUT, THINGS, SIZE, TRAIN, TEST, CLASSIFIER, SEED),
                OptionSection.of("Still pictures, of emoji only", STEADY, COLOURED),
                OptionSection.of("Clips, of moving only", FRAMES, STYLES, ANIMATIONS),
                OptionSection.of("What to make it of", ICONS));
    }

    @Override
    public List<String> examples() {
        return List.of(
                "data emoji --out data/emoji",
                "data emoji --out data/familiar --things docs/emoji-things.txt --steady",
                "data emoji --out data/small --size 32 --train 10000 --test 500 --classifier 0",
                "data moving --out data/moving",
                "data moving --animations package/assets --out data/animated");
    }

    @Override
    public void run(Arguments arguments, Console console) throws IOException {
        String wanted = arguments.requiredOperand(this).toString();
        Making making =
                switch (wanted) {
                    case EMOJI -> emoji(arguments);
                    case MOVING -> moving(arguments);
                    default ->
                            throw new UsageException(
                                    "data makes no '%s'%s (%s)"
                                            .formatted(
                                                    wanted,
                                                    Suggestions.didYouMean(wanted, SETS),
                                                    String.join(", ", SETS)));
                };
        Path out = arguments.requiredPath(OUT);
        requireFree(out);
        OutputFolder.requireWritable(out);
        Optional<Path> given = arguments.path(ICONS);
        if (given.isPresent()) {
            make(making, given.get(), out, console);
        } else {
            console.say("Maven gets the icons (88 MB the first time) ...");
            try (IconJar jar = IconJar.fetch()) {
                make(making, jar.file(), out, console);
            }
        }
        console.out().println(out);
    }

    /** Makes one of the sets; what progress counts, and how many test the model. */
    private record Making(String unit, int test, Maker maker) {}

    @FunctionalInterface
    private interface Maker {
        EmojiSet.Made make(Path jar, Path out, Consumer<String> says, EmojiSet.Progress progress)
                throws IOException;
    }

    private static Making emoji(Arguments arguments) throws IOException {
        for (Option option : List.of(FRAMES, STYLES, ANIMATIONS)) {
            if (arguments.has(option)) {
                throw new UsageException(
                        "%s is for clips; 'data %s' makes still pictures"
                                .formatted(Arguments.spelling(option), EMOJI));
            }
        }
        EmojiOptions options;
        try {
            options =
                    new EmojiOptions(
                            arguments.integer(SIZE, 1, STILL_DEFAULTS.size()),
                            arguments.integer(TRAIN, 0, STILL_DEFAULTS.train()),
                            arguments.integer(TEST, 0, STILL_DEFAULTS.test()),
                            arguments.integer(CLASSIFIER, 0, STILL_DEFAULTS.classifier()),
                            arguments.has(STEADY) ? Poses.STEADY : STILL_DEFAULTS.poses(),
                            arguments.number(COLOURED, 0, 1, STILL_DEFAULTS.coloured()),
                            things(arguments),
                            arguments.wholeNumber(SEED).orElse(STILL_DEFAULTS.seed()));
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
        return new Making(
                "pictures",
                options.test(),
                (jar, out, says, progress) -> EmojiSet.make(jar, out, options, progress));
    }

    private static Making moving(Arguments arguments) throws IOException {
        for (Option option : List.of(STEADY, COLOURED)) {
            if (arguments.has(option)) {
                throw new UsageException(
                        "%s is for still pictures; 'data %s' makes clips"
                                .formatted(Arguments.spelling(option), MOVING));
            }
        }
        MovingOptions options;
        try {
            options =
                    new MovingOptions(
                            arguments.integer(SIZE, 1, MOVING_DEFAULTS.size()),
                            arguments.integer(FRAMES, 1, MOVING_DEFAULTS.frames()),
                            arguments.integer(TRAIN, 0, MOVING_DEFAULTS.train()),
                            arguments.integer(TEST, 0, MOVING_DEFAULTS.test()),
                            arguments.integer(CLASSIFIER, 0, MOVING_DEFAULTS.classifier()),
                            things(arguments),
                            styles(arguments),
                            arguments.wholeNumber(SEED).orElse(MOVING_DEFAULTS.seed()));
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
        List<Path> animations =
                arguments.has(ANIMATIONS) ? arguments.requiredPaths(ANIMATIONS) : List.of();
        return new Making(
                "clips",
                options.test(),
                (jar, out, says, progress) ->
                        MovingSet.make(jar, animations, out, options, says, progress));
    }

    private static Set<String> things(Arguments arguments) throws IOException {
        Optional<Path> file = arguments.path(THINGS);
        return file.isEmpty() ? Set.of() : ThingList.read(file.get());
    }

    private static Set<Style> styles(Arguments arguments) {
        Optional<String> given = arguments.text(STYLES);
        if (given.isEmpty()) {
            return MOVING_DEFAULTS.styles();
        }
        List<String> known = Stream.of(Style.values()).map(Style::word).toList();
        Set<Style> styles = EnumSet.noneOf(Style.class);
        for (String word : given.get().split(",", -1)) {
            int index = known.indexOf(word.strip());
            if (index < 0) {
                throw new UsageException(
                        "--styles knows no '%s'%s (%s)"
                                .formatted(
                                        word,
                                        Suggestions.didYouMean(word, known),
                                        String.join(", ", known)));
            }
            styles.add(Style.values()[index]);
        }
        return styles;
    }

    private static void requireFree(Path out) throws IOException {
        if (!Files.exists(out)) {
            return;
        }
        if (Files.isDirectory(out)) {
            try (Stream<Path> files = Files.list(out)) {
                if (files.findAny().isEmpty()) {
                    throw new IOException(
                            "%s is there already, if empty; remove it or name another folder"
                                    .formatted(out));
                }
            }
        }
        throw new IOException("%s is there already; name another folder".formatted(out));
    }

    private static void make(Making making, Path jar, Path out, Console console)
            throws IOException {
        AtomicBoolean stopped = new AtomicBoolean();
        try (ProgressBar bar = new ProgressBar(console, making.unit(), 0);
                StopRequest stop =
                        StopRequest.listen(
                                console,
                                "stopping; what was drawn is removed",
                                () -> stopped.set(true))) {
            EmojiSet.Made made =
                    making.maker()
                            .make(
                                    jar,
                                    out,
                                    line -> {
                                        synchronized (bar) {
                                            bar.say(line);
                                        }
                                    },
                                    (done, total) -> {
                                        if (stopped.get()) {
                                            throw new CancellationException(
                                                    "stopped before the end");
                                        }
                                        synchronized (bar) {
                                            bar.advanceTo(done, total, "");
                                        }
                                    });
            bar.say(
                    String.format(
                            Locale.ROOT,
                            "%s: %s in %s, of which %d can have another colour",
                            out,
                            Amount.of(made.things(), "thing"),
                            Amount.of(made.icons(), "drawing"),
                            made.recolourable()));
            if (making.test() > 0 && made.heldOut() == 0) {
                bar.say(
                        "no combination of so few things is held out: the test part shows only what the training part has");
            }
        } catch (CancellationException e) {
            throw new IOException("stopped before the end; %s was not made".formatted(out), e);
        }
    }
}
