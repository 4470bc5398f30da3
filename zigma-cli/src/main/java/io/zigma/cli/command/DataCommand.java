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
import io.zigma.io.OutputFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.commons.cli.Option;

/** {@code zigma data}: makes a data set out of what the registries have. */
public final class DataCommand implements Command {

    private static final String EMOJI = "emoji";
    private static final EmojiOptions DEFAULTS = EmojiOptions.defaults();

    private static final Option OUT =
            Flags.value("o", "out", "DIR", "folder for the pictures; must not exist yet");
    private static final Option SIZE =
            Flags.value(
                    null,
                    "size",
                    "N",
                    "pictures of N by N pixels, 16 to 512; default: " + DEFAULTS.size());
    private static final Option TRAIN =
            Flags.value(
                    null,
                    "train",
                    "N",
                    "pictures to train on, in train; default: " + DEFAULTS.train());
    private static final Option TEST =
            Flags.value(
                    null,
                    "test",
                    "N",
                    "pictures to measure with, in test, half of them of combinations that train has not;"
                            + " default: "
                            + DEFAULTS.test());
    private static final Option CLASSIFIER =
            Flags.value(
                    null,
                    "classifier",
                    "N",
                    "pictures of all combinations, to train a classifier on, in classifier; default: "
                            + DEFAULTS.classifier());
    private static final Option SEED =
            Flags.value(
                    null,
                    "seed",
                    "N",
                    "the same seed gives the same files; default: " + DEFAULTS.seed());
    private static final Option ICONS =
            Flags.value(
                    null,
                    "icons",
                    "FILE",
                    "the jar of " + IconJar.ARTIFACT + "; default: Maven fetches it (88 MB)");

    @Override
    public String name() {
        return "data";
    }

    @Override
    public String purpose() {
        return "Make a data set to train on: emoji with captions.";
    }

    @Override
    public String synopsis() {
        return "emoji --out DIR";
    }

    @Override
    public Optional<String> operand() {
        return Optional.of("the name of a data set that can be made: " + EMOJI);
    }

    @Override
    public List<OptionSection> sections() {
        return List.of(
                OptionSection.of("What to make", OUT, SIZE, TRAIN, TEST, CLASSIFIER, SEED),
                OptionSection.of("What to make it of", ICONS));
    }

    @Override
    public List<String> examples() {
        return List.of(
                "data emoji --out data/emoji",
                "data emoji --out data/small --size 32 --train 10000 --test 500 --classifier 0");
    }

    @Override
    public void run(Arguments arguments, Console console) throws IOException {
        String wanted = arguments.requiredOperand(this).toString();
        if (!wanted.equals(EMOJI)) {
            throw new UsageException(
                    "data makes no '%s'%s (%s)"
                            .formatted(
                                    wanted, Suggestions.didYouMean(wanted, List.of(EMOJI)), EMOJI));
        }
        EmojiOptions options = options(arguments);
        Path out = arguments.requiredPath(OUT);
        requireFree(out);
        OutputFolder.requireWritable(out);
        Optional<Path> given = arguments.path(ICONS);
        if (given.isPresent()) {
            make(given.get(), out, options, console);
        } else {
            console.say("Maven gets the icons (88 MB the first time) ...");
            try (IconJar jar = IconJar.fetch()) {
                make(jar.file(), out, options, console);
            }
        }
        console.out().println(out);
    }

    private static EmojiOptions options(Arguments arguments) {
        try {
            return new EmojiOptions(
                    arguments.integer(SIZE, 1, DEFAULTS.size()),
                    arguments.integer(TRAIN, 0, DEFAULTS.train()),
                    arguments.integer(TEST, 0, DEFAULTS.test()),
                    arguments.integer(CLASSIFIER, 0, DEFAULTS.classifier()),
                    arguments.wholeNumber(SEED).orElse(DEFAULTS.seed()));
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
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

    private static void make(Path jar, Path out, EmojiOptions options, Console console)
            throws IOException {
        AtomicBoolean stopped = new AtomicBoolean();
        try (ProgressBar bar = new ProgressBar(console, "pictures", 0);
                StopRequest stop =
                        StopRequest.listen(
                                console,
                                "stopping; what was drawn is removed",
                                () -> stopped.set(true))) {
            EmojiSet.Made made =
                    EmojiSet.make(
                            jar,
                            out,
                            options,
                            (done, total) -> {
                                if (stopped.get()) {
                                    throw new CancellationException("stopped before the end");
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
        } catch (CancellationException e) {
            throw new IOException("stopped before the end; %s was not made".formatted(out), e);
        }
    }
}
