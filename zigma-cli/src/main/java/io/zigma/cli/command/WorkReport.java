package io.zigma.cli.command;

import com.google.gson.JsonObject;
import io.zigma.backbone.BackboneSpec;
import io.zigma.nn.OperationCount;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How much a model computes, beside the terms of the paper.
 *
 * @param count multiply-adds of one forward pass of one sample
 * @param model the specification, which knows the terms of its paper
 */
public record WorkReport(OperationCount count, BackboneSpec model) {

    /** Counts the work of a model; the engine is not needed. */
    static WorkReport of(BackboneSpec model) {
        return new WorkReport(model.create(0).operations(), model);
    }

    /** Returns the numbers for programs. */
    JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("multiply_adds", count.total());
        json.addProperty("matrix_products", count.matrixProducts());
        json.addProperty("convolution", count.convolution());
        json.addProperty("scan", count.scan());
        json.addProperty("attention", count.attention());
        if (!model.complexityJson().isEmpty()) {
            json.add("paper_complexity_of_a_layer", model.complexityJson());
        }
        return json;
    }

    /** Returns the numbers for people. */
    List<String> text() {
        List<String> lines = new ArrayList<>();
        lines.add(
                InfoCommand.row(
                        "work",
                        "%s multiply-adds a forward pass: matrix products %s, scan %s,"
                                + " convolution %s, attention %s",
                        large(count.total()),
                        fraction(count.matrixProducts()),
                        fraction(count.scan()),
                        fraction(count.convolution()),
                        fraction(count.attention())));
        model.complexity().lines().forEach(line -> lines.add(InfoCommand.row("", "%s", line)));
        return lines;
    }

    private String fraction(long part) {
        return String.format(Locale.ROOT, "%.1f %%", 100.0 * part / count.total());
    }

    private static String large(long number) {
        return number < 10_000_000_000L
                ? String.format(Locale.ROOT, "%.1f million", number / 1e6)
                : String.format(Locale.ROOT, "%.1f billion", number / 1e9);
    }
}
