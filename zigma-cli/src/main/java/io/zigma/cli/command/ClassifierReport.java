package io.zigma.cli.command;

import com.google.gson.JsonObject;
import io.zigma.eval.feature.ClassifierConfig;
import io.zigma.eval.feature.ClassifierFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The output of {@code zigma info} for a classifier. */
final class ClassifierReport {

    private ClassifierReport() {}

    /** Returns the description with the header of the weights file. */
    static JsonObject json(ClassifierFolder classifier, InfoCommand.Weights weights) {
        JsonObject json = new JsonObject();
        json.addProperty("path", classifier.path().toString());
        json.addProperty("parameters", weights.parameters());
        json.addProperty("precision", weights.types());
        json.addProperty("bytes", weights.bytes());
        json.addProperty("features", classifier.config().dimension());
        classifier.json().entrySet().forEach(e -> json.add(e.getKey(), e.getValue()));
        return json;
    }

    /** Returns the same for people, a line a fact. */
    static List<String> text(ClassifierFolder classifier, InfoCommand.Weights weights) {
        ClassifierConfig config = classifier.config();
        JsonObject accuracy = classifier.facts().accuracy().deepCopy();
        accuracy.remove("classes"); // its card has the table
        JsonObject training = classifier.facts().training().deepCopy();
        if (training.get("started_from") instanceof JsonObject before) {
            before.remove("training"); // as has --json
        }
        List<String> lines = new ArrayList<>();
        lines.add(classifier.path().toString());
        lines.add(
                InfoCommand.row(
                        "classifier",
                        "convolutional, %,d parameters (%s, %.1f MB), takes pictures and makes"
                                + " none",
                        weights.parameters(),
                        weights.types(),
                        weights.bytes() / 1e6));
        lines.add(
                InfoCommand.row(
                        "images",
                        "%d × %d, %s",
                        config.height(),
                        config.width(),
                        InfoCommand.colours(config.channels())));
        lines.addAll(ClassList.rows(config.labels()));
        lines.add(
                InfoCommand.row(
                        "stages",
                        "%s channels, the last one's are the %d features",
                        config.widths().stream()
                                .map(String::valueOf)
                                .collect(Collectors.joining(", ")),
                        config.dimension()));
        lines.addAll(InfoCommand.facts("accuracy", accuracy));
        lines.addAll(InfoCommand.facts("training", training));
        lines.addAll(InfoCommand.facts("data", classifier.facts().data()));
        lines.add(InfoCommand.row("weights", "SHA-256 %s", classifier.weightsHash()));
        return lines;
    }
}
