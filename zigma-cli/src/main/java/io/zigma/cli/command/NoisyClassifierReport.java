package io.zigma.cli.command;

import com.google.gson.JsonObject;
import io.zigma.checkpoint.NoisyClassifierFolder;
import java.util.ArrayList;
import java.util.List;

/** The output of {@code zigma info} for a classifier of noisy pictures. */
final class NoisyClassifierReport {

    private NoisyClassifierReport() {}

    /** Returns the description with the header of the weights file. */
    static JsonObject json(NoisyClassifierFolder classifier, InfoCommand.Weights weights) {
        JsonObject json = new JsonObject();
        json.addProperty("path", classifier.path().toString());
        json.addProperty("parameters", weights.parameters());
        json.addProperty("precision", weights.types());
        json.addProperty("bytes", weights.bytes());
        classifier.json().entrySet().forEach(e -> json.add(e.getKey(), e.getValue()));
        return json;
    }

    /** Returns the same for people, a line a fact. */
    static List<String> text(NoisyClassifierFolder classifier, InfoCommand.Weights weights) {
        List<String> lines = new ArrayList<>();
        lines.add(classifier.path().toString());
        lines.add(
                InfoCommand.row(
                        "classifier",
                        "of noisy pictures, %,d parameters (%s, %.1f MB), guides sampling",
                        weights.parameters(),
                        weights.types(),
                        weights.bytes() / 1e6));
        lines.add(InfoCommand.row("images", "%s", classifier.config().sample()));
        lines.addAll(ClassList.rows(classifier.labels()));
        lines.add(InfoCommand.row("layers", "%s", classifier.config().summary()));
        lines.add(InfoCommand.row("process", "%s", classifier.process().description()));
        for (String part : new String[] {"accuracy", "training", "data"}) {
            if (classifier.facts().get(part) instanceof JsonObject facts) {
                JsonObject shown = facts.deepCopy();
                shown.remove("progress"); // its card has the table
                shown.remove("started_from"); // as has --json
                lines.addAll(InfoCommand.facts(part, shown));
            }
        }
        lines.add(InfoCommand.row("weights", "SHA-256 %s", classifier.weightsHash()));
        return lines;
    }
}
