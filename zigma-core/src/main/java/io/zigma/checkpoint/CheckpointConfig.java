package io.zigma.checkpoint;

import com.google.gson.JsonObject;
import io.zigma.backbone.BackboneSpec;
import io.zigma.codec.CodecReference;
import io.zigma.codec.PixelCodec;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.sampler.SamplerSpec;
import io.zigma.text.TextEncoderReference;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The content of a checkpoint's {@code config.json}.
 *
 * @param model the model's shape
 * @param process the diffusion process that the model was trained for
 * @param labels one name a class, in order; empty for an unconditional model
 * @param codec how samples become pixels; empty where it is unknown, as for latents of an
 *     autoencoder that nobody named
 * @param textEncoder which text encoder the model was trained with; empty for a model without text,
 *     or where texts have to come as tokens
 * @param sampling the default sampler, steps and guidance
 * @param training how it was trained: facts for readers, stored unchanged
 * @param data on what: name, licence, hash and the like, stored unchanged
 */
public record CheckpointConfig(
        BackboneSpec model,
        DiffusionProcess process,
        List<String> labels,
        Optional<CodecReference> codec,
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
     * @param process the diffusion process that the model was trained for
     * @param labels one name a class, in order; empty for an unconditional model
     * @param sampling the default sampler, steps and guidance
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
                PixelCodec.referenceFor(model.sample()),
                Optional.empty(),
                sampling,
                training,
                data);
    }

    /**
     * Returns the model's specification as in {@code config.json}, for comparisons.
     *
     * @return one line of JSON, the same for equal models
     */
    public String modelDescription() {
        JsonObject json = new JsonObject();
        ConfigJson.writeModel(model, labels, json);
        return json.toString();
    }

    /**
     * Returns the same with other sampling defaults.
     *
     * @param changed the default sampler, steps and guidance
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
     * Returns the same with a codec.
     *
     * @param changed which one decodes the model's samples
     * @return a changed copy
     */
    public CheckpointConfig withCodec(CodecReference changed) {
        return new CheckpointConfig(
                model,
                process,
                labels,
                Optional.of(changed),
                textEncoder,
                sampling,
                training,
                data);
    }

    /**
     * A checkpoint's recommended sampler, steps and guidance.
     *
     * @param sampler name of the sampler as on the command line
     * @param steps number of steps
     * @param options of the sampler by name, those that are not standard
     * @param guidance scale and interval of the guidance
     */
    public record SamplingDefaults(
            String sampler, int steps, Map<String, String> options, GuidanceStrength guidance) {

        /**
         * Checks the number. The sampler may be one that this program does not have: a program that
         * names another can sample all the same.
         *
         * @throws IllegalArgumentException if there is no step
         */
        public SamplingDefaults {
            options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
            if (steps < 1) {
                throw new IllegalArgumentException(
                        "sampling: the number of steps is %s, use 1 or more".formatted(steps));
            }
        }

        /**
         * Recommends a sampler with standard values.
         *
         * @param sampler name of the sampler as on the command line
         * @param steps number of steps
         * @param guidance scale and interval of the guidance
         * @throws IllegalArgumentException if there is no step
         */
        public SamplingDefaults(String sampler, int steps, GuidanceStrength guidance) {
            this(sampler, steps, Map.of(), guidance);
        }

        /**
         * Recommends a sampler.
         *
         * @param sampler with its steps and options
         * @param guidance scale and interval of the guidance
         */
        public SamplingDefaults(SamplerSpec sampler, GuidanceStrength guidance) {
            this(sampler.name(), sampler.steps(), sampler.options(), guidance);
        }

        /**
         * Returns the sampler with its steps and options.
         *
         * @return the recommended sampler
         * @throws IllegalArgumentException if there is none of that name, or it has no such option
         */
        public SamplerSpec spec() {
            return new SamplerSpec(sampler, steps, options);
        }

        /** Heun's method in 20 steps without guidance: suitable for any model. */
        public static final SamplingDefaults PLAIN =
                new SamplingDefaults("heun", 20, GuidanceStrength.NONE);
    }
}
