package io.zigma.train;

import ai.djl.engine.Engine;
import com.google.gson.FieldNamingPolicy;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.model.Conditioning;
import io.zigma.train.data.ImageDataset;
import java.util.List;
import java.util.Locale;

/** What a run's files say of model, data, training and software. */
final class RunFacts {

    /** Where the fingerprint of the data stands in a checkpoint's description. */
    static final String DATA_HASH = "sha256";

    private final TrainingConfig config;
    private final ImageDataset data;
    private final Provenance provenance;

    RunFacts(TrainingConfig config, ImageDataset data, Provenance provenance) {
        this.config = config;
        this.data = data;
        this.provenance = provenance;
    }

    /** Returns the text of a run's config.json. */
    String runConfig() {
        JsonObject json = new JsonObject();
        json.addProperty("format", "zigma-run");
        json.add(
                "model",
                new GsonBuilder()
                        .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
                        .create()
                        .toJsonTree(config.model()));
        json.add("training", TrainingJson.write(config));
        json.add("data", data());
        json.addProperty("command", provenance.command());
        json.add("software", software());
        return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(json)
                + "\n";
    }

    /** Returns the description of a checkpoint after some steps. */
    CheckpointConfig checkpoint(long step) {
        JsonObject training = TrainingJson.write(config);
        training.addProperty("steps_taken", step);
        training.addProperty("images_seen", step * config.batchSize());
        training.addProperty("command", provenance.command());
        training.add("software", software());
        return new CheckpointConfig(
                config.model(),
                config.objective().path(),
                config.objective().prediction(),
                config.model().conditioning() instanceof Conditioning.ByClass
                        ? data.labels()
                        : List.of(),
                config.sampling(),
                training,
                data());
    }

    private JsonObject data() {
        JsonObject json = new JsonObject();
        json.addProperty("name", data.name());
        json.addProperty("images", data.size());
        json.addProperty(DATA_HASH, data.contentHash());
        if (!provenance.dataSource().isEmpty()) {
            json.addProperty("source", provenance.dataSource());
        }
        if (!provenance.dataLicence().isEmpty()) {
            json.addProperty("licence", provenance.dataLicence());
        }
        return json;
    }

    private static JsonObject software() {
        JsonObject json = new JsonObject();
        String version = RunFacts.class.getPackage().getImplementationVersion();
        json.addProperty("zigma", version == null ? "development" : version);
        json.addProperty("djl", Engine.getDjlVersion());
        Engine engine = Engine.getInstance();
        json.addProperty(engine.getEngineName().toLowerCase(Locale.ROOT), engine.getVersion());
        json.addProperty("java", Runtime.version().toString());
        return json;
    }

    /** Returns the model card of a checkpoint. */
    String modelCard(long step, boolean withSamples) {
        return new ModelCard(config, data, provenance).text(step, withSamples);
    }
}
