package io.zigma.cli.command;

import io.zigma.backbone.BackboneSpec;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.PictureOutput;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.media.PngFile;
import io.zigma.pipeline.ScanDrawing;
import io.zigma.pipeline.ScanPanels;
import io.zigma.scan.Grid;
import io.zigma.scan.ScanPlan;
import io.zigma.scan.ScanScheme;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.commons.cli.Option;

/**
 * A picture of the scan paths of the layers: {@code info --draw-scan}.
 *
 * @param plan the scans of a model
 */
record ScanPicture(ScanPlan plan) {

    static final Option DRAW =
            Flags.value(
                    null,
                    "draw-scan",
                    "FILE",
                    "write a PNG file of the scan paths of the layers, each path once");
    static final Option SCAN =
            Flags.value(
                    null,
                    "scan",
                    "NAME",
                    "show this scheme instead of a checkpoint's: "
                            + String.join(", ", ScanScheme.spellings()));
    static final Option GRID =
            Flags.value(
                    null,
                    "grid",
                    "HxW",
                    "grid of tokens for --scan, FxHxW for a video; default 8x8");
    static final Option FORCE = Flags.flag("f", "force", "replace a file that exists already");

    /** Layers of the published models, enough to show every path of most schemes. */
    private static final int PUBLISHED_DEPTH = 24;

    private static final Grid USUAL_GRID = Grid.image(8, 8);
    private static final Pattern SIDES =
            Pattern.compile("(?:([1-9]\\d{0,3})[x×])?([1-9]\\d{0,3})[x×]([1-9]\\d{0,3})");

    /** All of it as a section of help. */
    static OptionSection options() {
        return OptionSection.of("A picture of the scan", DRAW, SCAN, GRID, FORCE);
    }

    /** Returns what a model does. */
    static ScanPicture of(BackboneSpec model) {
        return new ScanPicture(
                model.scanPlan()
                        .orElseThrow(
                                () ->
                                        new UsageException(
                                                "a %s has no scan, there is no path to show"
                                                        .formatted(model.kind().name()))));
    }

    /**
     * Returns what the options name.
     *
     * @throws UsageException if there is no such scheme, or the grid is none
     */
    static ScanPicture of(Arguments arguments) {
        try {
            return new ScanPicture(
                    ScanPlan.of(
                            ScanScheme.parse(arguments.requiredText(SCAN)),
                            arguments.text(GRID).map(ScanPicture::grid).orElse(USUAL_GRID),
                            PUBLISHED_DEPTH));
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private static Grid grid(String text) {
        Matcher sides = SIDES.matcher(text.strip());
        if (!sides.matches()) {
            throw new UsageException(
                    "--grid needs rows and columns such as 8x8, or frames before them, not '%s'"
                            .formatted(text));
        }
        int frames = sides.group(1) == null ? 1 : Integer.parseInt(sides.group(1));
        return new Grid(frames, Integer.parseInt(sides.group(2)), Integer.parseInt(sides.group(3)));
    }

    /**
     * Draws into a file and prints which layers have the path of which panel.
     *
     * @param file a new file, or any with {@code force}
     * @throws IOException if it is in the way or cannot be written
     */
    void write(Path file, boolean force, Console console) throws IOException {
        PictureOutput.checkFree(file, force);
        ScanPanels panels = ScanPanels.of(plan);
        PngFile.write(
                file,
                ScanDrawing.of(panels.panels()),
                Map.of("scan", plan.name(), "grid", sides()));
        for (int i = 0; i < panels.panels().size(); i++) {
            console.out().printf(Locale.ROOT, "%3d  %s%n", i + 1, layers(panels.layers().get(i)));
        }
        console.out().println(file);
    }

    private String sides() {
        Grid grid = plan.grid();
        return (grid.frames() > 1 ? grid.frames() + "x" : "") + grid.height() + "x" + grid.width();
    }

    private String layers(List<Integer> numbers) {
        return numbers.size() == plan.layers().size()
                ? "all layers"
                : (numbers.size() == 1 ? "layer " : "layers ")
                        + numbers.stream().map(String::valueOf).collect(Collectors.joining(", "))
                        + " of "
                        + plan.layers().size();
    }
}
