package io.zigma.train.card;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.ConfigJson;
import io.zigma.io.JsonText;
import io.zigma.io.Software;
import io.zigma.media.ClipSampling;
import io.zigma.text.Vocabulary;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.config.TrainingJson;
import io.zigma.train.data.ClipOptions;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.run.RunFolder;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a run's files say of model, data, training and software. */
public final class RunFacts {

    /** The field of a checkpoint's description with the fingerprint of the data. */
    public static final String DATA_HASH = "sha256";

    private static final String DATA_SOURCE = "source";
    private static final String DATA_LICENCE = "licence";
    private static final String COMMAND = "command";

    private final TrainingConfig config;
    private final ImageDataset data;
    private final List<EarlierData> earlier;
    private final Provenance provenance;
    private @Nullable Vocabulary vocabulary;

    /**
     * Collects the facts of a run.
     *
     * @param config its settings
     * @param data what it is trained on
     * @param earlier what it was trained on before
     * @param provenance what is not known otherwise
     */
    public RunFacts(
            TrainingConfig config,
            ImageDataset data,
            List<EarlierData> earlier,
            Provenance provenance) {
        this.config = config;
        this.data = data;
        this.earlier = List.copyOf(earlier);
        this.provenance = provenance;
    }

    /**
     * Returns how the clips were read that a checkpoint's model was trained on.
     *
     * @param checkpoint its description
     * @return empty for pictures
     */
    public static Optional<ClipOptions> clips(CheckpointConfig checkpoint) {
        return ClipOptions.parse(text(checkpoint.data(), ClipSampling.FIELD));
    }

    /**
     * Returns the provenance in a checkpoint's description.
     *
     * @param checkpoint its description
     * @return its commands, data source and licence; empty texts where there is none
     */
    public static Provenance provenance(CheckpointConfig checkpoint) {
        return new Provenance(
                text(checkpoint.training(), COMMAND),
                text(checkpoint.data(), DATA_SOURCE),
                text(checkpoint.data(), DATA_LICENCE));
    }

    private static String text(JsonObject json, String name) {
        return json.get(name) instanceof JsonPrimitive value ? value.getAsString() : "";
    }

    /**
     * Returns the text of a run's config.json.
     *
     * @return JSON: format, model, training, data, command, software
     */
    public String runConfig() {
        JsonObject json = new JsonObject();
        json.addProperty("format", RunFolder.FORMAT);
        ConfigJson.writeModel(config.model(), classNames(), json);
        json.add("training", TrainingJson.write(config));
        json.add("data", data());
        json.addProperty(COMMAND, provenance.command());
        json.add("software", Software.versions());
        return JsonText.of(json);
    }

    /**
     * Returns the description of a checkpoint.
     *
     * @param step steps taken
     * @return its config.json
     */
    public CheckpointConfig checkpoint(long step) {
        JsonObject training = TrainingJson.write(config);
        training.addProperty("steps_taken", step);
        training.addProperty("images_seen", step * config.imagesPerStep());
        training.addProperty(COMMAND, provenance.command());
        training.add("software", Software.versions());
        CheckpointConfig checkpoint =
                new CheckpointConfig(
                        config.model(),
                        config.objective().process(),
                        classNames(),
                        config.sampling(),
                        training,
                        data());
        CheckpointConfig decoded = data.codec().map(checkpoint::withCodec).orElse(checkpoint);
        return config.textEncoder().map(decoded::withTextEncoder).orElse(decoded);
    }

    /**
     * Returns the names of the classes that the model is conditioned on.
     *
     * @return one name a class, in order; none in a model without classes
     */
    public List<String> classNames() {
        return config.model().conditioning().classes() > 0 ? data.labels() : List.of();
    }

    private JsonObject data() {
        JsonObject json = new JsonObject();
        json.addProperty("name", data.name());
        json.addProperty("images", data.size());
        json.addProperty(DATA_HASH, data.contentHash());
        data.clips().ifPresent(clips -> json.addProperty(ClipSampling.FIELD, clips.toString()));
        if (!provenance.dataSource().isEmpty()) {
            json.addProperty(DATA_SOURCE, provenance.dataSource());
        }
        if (!provenance.dataLicence().isEmpty()) {
            json.addProperty(DATA_LICENCE, provenance.dataLicence());
        }
        EarlierData.write(earlier, json);
        if (data.captioned() && config.model().conditioning().contextSize() > 0) {
            vocabulary().writeTo(json);
        }
        return json;
    }

    /** The words of all captions, collected once: every checkpoint has them. */
    private synchronized Vocabulary vocabulary() {
        Vocabulary known = vocabulary;
        if (known == null) {
            known =
                    Vocabulary.of(
                            () ->
                                    IntStream.range(0, data.size())
                                            .mapToObj(data::captions)
                                            .flatMap(List::stream)
                                            .iterator());
            vocabulary = known;
        }
        return known;
    }

    /**
     * Returns the model card of a checkpoint.
     *
     * @param step steps taken
     * @param withSamples whether a sample picture is beside it
     * @return Markdown
     */
    public String modelCard(long step, boolean withSamples) {
        return new ModelCard(config, data, earlier, provenance).text(step, withSamples);
    }
}
