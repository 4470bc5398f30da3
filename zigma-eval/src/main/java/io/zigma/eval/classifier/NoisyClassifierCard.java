package io.zigma.eval.classifier;

import static io.zigma.train.card.CardText.line;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.backbone.adm.AdmClassifierConfig;
import io.zigma.checkpoint.NoisyClassifierFolder;
import io.zigma.condition.ClassNames;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.train.card.Provenance;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.data.LicenceFile;
import java.util.List;
import java.util.Optional;

/** What a training writes about its classifier of noisy pictures, for programs and for people. */
final class NoisyClassifierCard {

    private NoisyClassifierCard() {}

    /** Returns the object {@code facts} of {@code config.json}. */
    static JsonObject facts(
            ClassifierRecipe recipe,
            ImageDataset data,
            Provenance provenance,
            long step,
            Optional<NoisyClassifierFolder> origin,
            JsonObject accuracy) {
        JsonObject training = ClassifierCard.training(recipe, provenance, step);
        origin.ifPresent(
                classifier -> {
                    JsonObject before = new JsonObject();
                    before.addProperty("weights_sha256", classifier.weightsHash());
                    before.add("facts", classifier.facts());
                    training.add("started_from", before);
                });
        JsonObject facts = new JsonObject();
        facts.add("accuracy", accuracy);
        facts.add("training", training);
        facts.add("data", ClassifierCard.source(data, provenance));
        return facts;
    }

    /** Returns the text of README.md. */
    static String card(
            AdmClassifierConfig config,
            DiffusionProcess process,
            List<String> labels,
            JsonObject facts) {
        JsonObject accuracy = facts.getAsJsonObject("accuracy");
        JsonObject training = facts.getAsJsonObject("training");
        JsonObject data = facts.getAsJsonObject("data");
        StringBuilder card = new StringBuilder();
        line(card, "# Classifier of noisy %s", data.get("name").getAsString());
        line(card, "");
        line(
                card,
                "It knows %d classes (%s) in pictures of %s with the noise of a diffusion process"
                        + " (%s), and guides models of such pictures and noise:",
                labels.size(),
                ClassNames.listed(labels),
                config.sample(),
                process.description());
        line(card, "");
        line(card, "    zigma generate -m MODEL --classifier THIS_FOLDER --classifier-scale 1");
        line(card, "");
        line(
                card,
                "With noise of all strengths it is right on **%.2f %%** of the %,d pictures of %s,"
                        + " which it was not trained on%s.",
                100 * accuracy.get("share").getAsDouble(),
                accuracy.get("pictures").getAsLong(),
                accuracy.get("data").getAsString(),
                training.has("started_from") ? " (what it began with may have been)" : "");
        line(card, "");
        line(card, "| from noise (0) to data (1) | right |");
        line(card, "| --- | --- |");
        for (JsonElement element : accuracy.getAsJsonArray("progress")) {
            JsonObject part = element.getAsJsonObject();
            long pictures = part.get("pictures").getAsLong();
            if (pictures > 0) {
                line(
                        card,
                        "| %.1f to %.1f | %.1f %% |",
                        part.get("from").getAsDouble(),
                        part.get("to").getAsDouble(),
                        100.0 * part.get("right").getAsLong() / pictures);
            }
        }
        line(card, "");
        line(card, "## Network");
        line(card, "");
        line(
                card,
                "The way down of ADM's U-Net (Dhariwal and Nichol 2021, section 4): %s.",
                config.summary());
        line(card, "");
        line(card, "## Training");
        line(card, "");
        ClassifierCard.addSteps(card, training);
        line(card, "- seed: %d", training.get("seed").getAsLong());
        String command = training.get("command").getAsString();
        if (!command.isEmpty()) {
            line(card, "");
            line(card, "    %s", command);
        }
        line(card, "");
        ClassifierCard.addData(card, data);
        return card.append(LicenceFile.section(ClassifierCard.licence(data))).toString();
    }
}
