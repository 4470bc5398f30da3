package io.zigma.eval.classifier;

import static io.zigma.train.card.CardText.line;

import com.google.gson.JsonObject;
import io.zigma.eval.feature.ClassifierConfig;
import io.zigma.eval.feature.ClassifierFacts;
import io.zigma.eval.feature.ClassifierFolder;
import io.zigma.io.Software;
import io.zigma.train.card.Provenance;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.data.LicenceFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a training writes about its classifier, for programs and for people. */
final class ClassifierCard {

    private ClassifierCard() {}

    /** Returns the content of {@code config.json} beside the network. */
    static ClassifierFacts facts(
            ClassifierRecipe recipe,
            ImageDataset data,
            Provenance provenance,
            long step,
            Optional<ClassifierFolder> origin,
            JsonObject accuracy) {
        JsonObject training = training(recipe, provenance, step);
        origin.ifPresent(
                classifier -> {
                    JsonObject before = new JsonObject();
                    before.addProperty("weights_sha256", classifier.weightsHash());
                    before.add("accuracy", classifier.facts().accuracy().get("share"));
                    before.add("training", classifier.facts().training());
                    training.add("started_from", before);
                });
        return new ClassifierFacts(accuracy, training, source(data, provenance));
    }

    /** Describes a training. */
    static JsonObject training(ClassifierRecipe recipe, Provenance provenance, long step) {
        JsonObject training = recipe.json();
        training.addProperty("steps_taken", step);
        training.addProperty("images_seen", step * recipe.batchSize());
        training.addProperty("command", provenance.command());
        training.add("software", Software.versions());
        return training;
    }

    /** Describes what a training reads. */
    static JsonObject source(ImageDataset data, Provenance provenance) {
        JsonObject source = new JsonObject();
        source.addProperty("name", data.name());
        source.addProperty("images", data.size());
        source.addProperty("sha256", data.contentHash());
        if (!provenance.dataSource().isEmpty()) {
            source.addProperty("source", provenance.dataSource());
        }
        if (!provenance.dataLicence().isEmpty()) {
            source.addProperty("licence", provenance.dataLicence());
        }
        return source;
    }

    /** Returns the text of README.md. */
    static String card(ClassifierConfig config, ClassifierFacts facts) {
        JsonObject accuracy = facts.accuracy();
        JsonObject training = facts.training();
        JsonObject data = facts.data();
        StringBuilder card = new StringBuilder();
        line(card, "# Classifier of %s", data.get("name").getAsString());
        line(card, "");
        line(
                card,
                "A frozen convolutional classifier of %s %s of %d×%d pixels, %d classes."
                        + " Generated %s are evaluated with it: distances between sets are taken from its %d"
                        + " features, class agreement from its logits.",
                config.channels() == 1 ? "grey" : "colour",
                config.frames() > 0
                        ? String.format(Locale.ROOT, "clips of %d frames", config.frames())
                        : "pictures",
                config.height(),
                config.width(),
                config.labels().size(),
                config.frames() > 0 ? "clips" : "pictures",
                config.dimension());
        line(card, "");
        line(
                card,
                "It is right on **%.2f %%** of the %,d pictures of %s, which it was not trained on%s.",
                100 * accuracy.get("share").getAsDouble(),
                accuracy.get("pictures").getAsLong(),
                accuracy.get("data").getAsString(),
                training.has("started_from")
                        ? " (what it began with may have been, see the commands below)"
                        : "");
        line(card, "");
        line(card, "| class | right |");
        line(card, "| --- | --- |");
        accuracy.getAsJsonObject("classes")
                .entrySet()
                .forEach(
                        entry ->
                                line(
                                        card,
                                        "| %s | %.1f %% |",
                                        entry.getKey(),
                                        100 * entry.getValue().getAsDouble()));
        line(card, "");
        line(card, "## Network");
        line(card, "");
        line(
                card,
                "Stages of %s channels. Each is a 3×3 convolution that changes the width, and from"
                        + " the second stage on halves the picture, then %s with a residual"
                        + " connection, all with batch normalisation and ReLU. Features are the mean"
                        + " over all places of the last stage; one linear layer makes logits of them."
                        + " Pictures go in with values from −1 to 1.",
                config.widths().stream().map(String::valueOf).collect(Collectors.joining(", ")),
                config.frames() > 0 ? "one over three frames in time" : "a second one");
        line(card, "");
        line(card, "## Training");
        line(card, "");
        addSteps(card, training);
        int shift = training.get("shift").getAsInt();
        line(
                card,
                "- pictures %s, %s",
                shift == 0 ? "not moved" : "moved by up to " + shift + " pixels each way",
                training.get("flip").getAsBoolean() ? "every other one mirrored" : "not mirrored");
        line(card, "- seed: %d", training.get("seed").getAsLong());
        if (training.get("started_from") instanceof JsonObject before) {
            JsonObject earlier = before.getAsJsonObject("training");
            line(
                    card,
                    "- it began with the weights of an earlier training of %d steps, pictures moved"
                            + " by up to %d pixels, which was right on %.2f %%",
                    earlier.get("steps_taken").getAsLong(),
                    earlier.get("shift").getAsInt(),
                    100 * before.get("accuracy").getAsDouble());
        }
        List<String> commands = commands(training);
        if (!commands.isEmpty()) {
            line(card, "");
            commands.forEach(command -> line(card, "    %s", command));
        }
        line(card, "");
        addData(card, data);
        line(
                card,
                "- test pictures: %s, SHA-256 `%s`",
                accuracy.get("data").getAsString(),
                accuracy.get("data_sha256").getAsString());
        return card.append(LicenceFile.section(licence(data))).toString();
    }

    /** Returns the commands of all trainings that led here, the first one first. */
    private static List<String> commands(JsonObject training) {
        List<String> commands = new ArrayList<>();
        if (training.get("started_from") instanceof JsonObject before) {
            commands.addAll(commands(before.getAsJsonObject("training")));
        }
        String own = training.get("command").getAsString();
        if (!own.isEmpty()) {
            commands.add(own);
        }
        return commands;
    }

    /** Adds how long a training took and with what optimiser. */
    static void addSteps(StringBuilder card, JsonObject training) {
        line(
                card,
                "- %d of %d steps of %d pictures: AdamW at %s (betas 0.9 and 0.99, weight decay"
                        + " %s), warm-up over a twentieth, cosine to 0; cross-entropy",
                training.get("steps_taken").getAsLong(),
                training.get("steps").getAsLong(),
                training.get("batch_size").getAsInt(),
                training.get("learning_rate").getAsString(),
                training.get("weight_decay").getAsString());
    }

    /** Adds what a training read. */
    static void addData(StringBuilder card, JsonObject data) {
        line(card, "## Data");
        line(card, "");
        line(card, "- name: %s", data.get("name").getAsString());
        line(card, "- images: %d", data.get("images").getAsInt());
        if (data.has("source")) {
            line(card, "- source: %s", data.get("source").getAsString());
        }
        card.append(LicenceFile.fact(licence(data)));
        line(card, "- SHA-256: `%s`", data.get("sha256").getAsString());
    }

    /** Returns the licence of what a training read, which may be many lines; empty if unknown. */
    static String licence(JsonObject data) {
        return data.has("licence") ? data.get("licence").getAsString() : "";
    }
}
