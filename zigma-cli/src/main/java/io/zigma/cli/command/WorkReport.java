package io.zigma.cli.command;

import com.google.gson.JsonObject;
import io.zigma.backbone.zigma.LayerComplexity;
import io.zigma.backbone.zigma.ZigMa;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.nn.OperationCount;
import java.util.List;
import java.util.Locale;

/**
 * How much a model computes, beside the terms of the paper.
 *
 * @param count multiply-adds of one forward pass of one image
 * @param complexity the paper's terms for one layer
 * @param walks how many different walks the layers take turns with
 */
public record WorkReport(OperationCount count, LayerComplexity complexity, int walks) {

    /** Counts the work of a model; the engine is not needed. */
    static WorkReport of(ZigMaConfig model) {
        long walks = model.scan().plan(model.grid(), model.depth()).stream().distinct().count();
        return new WorkReport(
                new ZigMa(model).operations(), LayerComplexity.of(model), Math.toIntExact(walks));
    }

    /** Returns the numbers for programs. */
    JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("multiply_adds", count.total());
        json.addProperty("matrix_products", count.matrixProducts());
        json.addProperty("convolution", count.convolution());
        json.addProperty("scan", count.scan());
        json.addProperty("attention", count.attention());
        JsonObject paper = new JsonObject();
        paper.addProperty("tokens", complexity.tokens());
        paper.addProperty("channels", complexity.channels());
        paper.addProperty("states", complexity.states());
        paper.addProperty("zigzag", complexity.zigzag());
        paper.addProperty("directions", walks);
        paper.addProperty("parallel_scans", complexity.parallelScans(walks));
        paper.addProperty("self_attention", complexity.selfAttention());
        json.add("paper_complexity_of_a_layer", paper);
        return json;
    }

    /** Returns the numbers for people. */
    List<String> text() {
        return List.of(
                InfoCommand.row(
                        "work",
                        "%s multiply-adds a forward pass: matrix products %s, scan %s,"
                                + " convolution %s, attention %s",
                        large(count.total()),
                        share(count.matrixProducts()),
                        share(count.scan()),
                        share(count.convolution()),
                        share(count.attention())),
                InfoCommand.row(
                        "",
                        "a layer's mixing by the paper's terms, M = %d, D = %d, N = %d:",
                        complexity.tokens(),
                        complexity.channels(),
                        complexity.states()),
                InfoCommand.row("", "  one scan 3M(2D)N + M(2D)N²: %s", large(complexity.zigzag())),
                InfoCommand.row(
                        "",
                        "  %d scans side by side: %s",
                        Math.max(2, walks),
                        large(complexity.parallelScans(Math.max(2, walks)))),
                InfoCommand.row(
                        "", "  self-attention 4MD² + 2M²D: %s", large(complexity.selfAttention())));
    }

    private String share(long part) {
        return String.format(Locale.ROOT, "%.1f %%", 100.0 * part / count.total());
    }

    private static String large(long number) {
        return number < 10_000_000_000L
                ? String.format(Locale.ROOT, "%.1f million", number / 1e6)
                : String.format(Locale.ROOT, "%.1f billion", number / 1e9);
    }
}
