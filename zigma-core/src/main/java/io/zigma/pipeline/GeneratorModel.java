package io.zigma.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import io.zigma.backbone.Backbone;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.condition.Condition;
import io.zigma.condition.ConditionEncoder;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.nn.Pass;
import io.zigma.op.Precision;
import io.zigma.sampler.Denoiser;
import io.zigma.sampler.ModelDenoiser;
import java.util.Optional;

/**
 * A model that is ready to generate, with what its checkpoint says of it and what turns prompts
 * into its conditions and its samples into pictures.
 *
 * @param manager owner of everything that is computed, on the model's device
 * @param backbone the network
 * @param pass how it is evaluated: for inference
 * @param config the checkpoint's description
 * @param name its name in recipes and refusals
 * @param weightsHash SHA-256 of its weights; empty while it is being trained
 * @param precision of large matrix products
 * @param texts encodes prompts in words; empty for a model without, or whose encoder is unknown
 * @param encoder encodes all prompts; that of {@code texts} where there is one
 * @param decoder makes pictures of its samples
 */
record GeneratorModel(
        NDManager manager,
        Backbone backbone,
        Pass pass,
        CheckpointConfig config,
        String name,
        String weightsHash,
        Precision precision,
        Optional<TextPrompts> texts,
        ConditionEncoder encoder,
        SampleDecoder decoder)
        implements AutoCloseable {

    /**
     * Prepares a model whose prompts are encoded as its checkpoint says.
     *
     * @param textEncoder source of the text encoder, loaded when the first text is encoded
     * @param codec source of the codec, loaded when the first sample is decoded
     */
    static GeneratorModel of(
            NDManager manager,
            Backbone backbone,
            CheckpointConfig config,
            String name,
            String weightsHash,
            Precision precision,
            TextEncoderSource textEncoder,
            CodecSource codec) {
        boolean readsTexts =
                config.model().conditioning().contextSize() > 0 && textEncoder.isKnown(config);
        Optional<TextPrompts> texts =
                readsTexts
                        ? Optional.of(
                                new TextPrompts(config, name, textEncoder, manager.getDevice()))
                        : Optional.empty();
        ConditionEncoder encoder =
                texts.<ConditionEncoder>map(prompts -> prompts)
                        .orElseGet(
                                () -> config.model().conditioning().encoder(config.labels(), name));
        return new GeneratorModel(
                manager,
                backbone,
                Pass.inference(new ParameterStore(manager, false)),
                config,
                name,
                weightsHash,
                precision,
                texts,
                encoder,
                new SampleDecoder(config, name, codec, manager.getDevice(), precision));
    }

    /**
     * Prepares a model that is being trained.
     *
     * @param encoder of its prompts, closed with this
     */
    static GeneratorModel inTraining(
            NDManager manager,
            Backbone backbone,
            CheckpointConfig config,
            String name,
            ConditionEncoder encoder) {
        return new GeneratorModel(
                manager,
                backbone,
                Pass.inference(new ParameterStore(manager, false)),
                config,
                name,
                "",
                Precision.FLOAT32,
                Optional.empty(),
                encoder,
                new SampleDecoder(
                        config, name, CodecSource.NAMED, manager.getDevice(), Precision.FLOAT32));
    }

    /** Returns the size of one sample. */
    SampleShape sample() {
        return config.model().sample();
    }

    /** Returns what the model was trained on. */
    DiffusionProcess process() {
        return config.process();
    }

    /**
     * Returns the model as samplers see it, with its condition filled in.
     *
     * @param how it is evaluated: {@link #pass}, or that with something that listens
     * @param condition of each sample (B, …)
     * @param evaluated called after each evaluation
     */
    Denoiser denoiser(Pass how, Condition condition, Runnable evaluated) {
        return new ModelDenoiser(
                (x, t) -> {
                    NDArray output = backbone.forward(how, x, t, condition);
                    evaluated.run();
                    return output;
                },
                process());
    }

    /** Returns whether another makes the same samples from the same conditions and noise. */
    boolean isLike(GeneratorModel other) {
        return sample().equals(other.sample())
                && config.model().conditioning().equals(other.config.model().conditioning())
                && config.labels().equals(other.config.labels())
                && config.textEncoder().equals(other.config.textEncoder())
                && process().equals(other.process());
    }

    /** Frees the arrays, and the network where the manager owns it. */
    @Override
    public void close() {
        encoder.close();
        decoder.close();
        manager.close();
    }
}
