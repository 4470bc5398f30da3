package io.zigma.checkpoint;

import com.google.gson.JsonObject;
import io.zigma.backbone.BackboneSpec;
import io.zigma.codec.Codecs;
import io.zigma.codec.PixelCodec;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.text.TextEncoderReference;
import java.util.List;
import java.util.Optional;

/**
 * What {@code config.json} says about a checkpoint beside the weights.
 *
 * @param model the model's shape
 * @param process what lies between noise and data, and what the model says about it
 * @param labels one name a class, in order; empty for an unconditional model
 * @param codec how samples become pixels, by its name; empty where nothing is known of it, as for
 *     the latents of an autoencoder that is not there
 * @param textEncoder which text encoder the model was trained with; empty for a model without text,
 *     or where texts have to come as tokens
 * @param sampling what to sample with when nobody says otherwise
 * @param training how it was trained: facts for people, kept as they are
 * @param data on what: name, licence, hash and the like, kept as they are
 */
public record CheckpointConfig(
        BackboneSpec model,
        DiffusionProcess process,
        List<String> labels,
        Optional<String> codec,
        Optional<TextEncoderReference> textEncoder,
        SamplingDefaults sampling,
        JsonObject training,
        JsonObject data) {

    /**
     * Checks that there is a name for every class, and a text encoder only where there is text.
     *
     * @throws IllegalArgumentException if the number of labels is not the model's number of
     *     classes, or a model without text names a text encoder
     */
    public CheckpointConfig {
        labels = List.copyOf(labels);
        codec.ifPresent(Codecs.REGISTRY::get); // refuses what there is not
        int classes = model.conditioning().classes();
        if (labels.size() != classes) {
            throw new IllegalArgumentException(
                    "the model has %s classes but there are %s labels"
                            .formatted(classes, labels.size()));
        }
        if (textEncoder.isPresent() && model.conditioning().contextSize() == 0) {
            throw new IllegalArgumentException(
                    "the model is not conditioned on text but names the text encoder "
                            + textEncoder.get().name());
        }
    }

    /**
     * Describes a checkpoint whose samples are pictures where they can be.
     *
     * @param model the model's shape
     * @param process what lies between noise and data, and what the model says about it
     * @param labels one name a class, in order; empty for an unconditional model
     * @param sampling what to sample with when nobody says otherwise
     * @param training how it was trained
     * @param data on what
     * @throws IllegalArgumentException if the number of labels is not the model's number of classes
     */
    public CheckpointConfig(
            BackboneSpec model,
            DiffusionProcess process,
            List<String> labels,
            SamplingDefaults sampling,
            JsonObject training,
            JsonObject data) {
        this(
                model,
                process,
                labels,
                PixelCodec.nameFor(model.sample()),
                Optional.empty(),
                sampling,
                training,
                data);
    }

    /**
     * Returns the model's shape as {@code config.json} has it, for those who only compare it.
     *
     * @return one line of JSON, the same for equal models
     */
    public String modelDescription() {
        JsonObject json = new JsonObject();
        ConfigJson.writeModel(model, labels, json);
        return json.toString();
    }

    /**
     * Returns the same with another recommendation.
     *
     * @param changed what to sample with when nobody says otherwise
     * @return a changed copy
     */
    public CheckpointConfig withSampling(SamplingDefaults changed) {
        return new CheckpointConfig(
                model, process, labels, codec, textEncoder, changed, training, data);
    }

    /**
     * Returns the same with a text encoder.
     *
     * @param changed which one the model was trained with
     * @return a changed copy
     * @throws IllegalArgumentException if the model is not conditioned on text
     */
    public CheckpointConfig withTextEncoder(TextEncoderReference changed) {
        return new CheckpointConfig(
                model, process, labels, codec, Optional.of(changed), sampling, training, data);
    }

    /**
     * What a checkpoint recommends to be sampled with.
     *
     * @param sampler name of the sampler as on the command line
     * @param steps number of steps
     * @param guidance how hard to follow the condition, and when
     */
    public record SamplingDefaults(String sampler, int steps, GuidanceStrength guidance) {

        /**
         * Checks the number.
         *
         * @throws IllegalArgumentException if there is no step
         */
        public SamplingDefaults {
            if (steps < 1) {
                throw new IllegalArgumentException(
                        "sampling: the number of steps is %s, use 1 or more".formatted(steps));
            }
        }

        /** Heun's method in 20 steps without guidance: a fair start for any model. */
        public static final SamplingDefaults PLAIN =
                new SamplingDefaults("heun", 20, GuidanceStrength.NONE);
    }
}
