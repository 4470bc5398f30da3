package io.zigma.eval.sampling;

import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.codec.CodecReference;
import io.zigma.condition.Prompt;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.diffusion.Processes;
import io.zigma.eval.ClassPlan;
import io.zigma.io.ContentHash;
import io.zigma.io.Software;
import io.zigma.op.Precision;
import io.zigma.sampler.Sampler;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Everything that determines the samples of an evaluation, except their number.
 *
 * @param weightsHash SHA-256 of the model's weights
 * @param model its description, for what the weights do not determine, such as the scan
 * @param process the diffusion process that the model was trained for
 * @param sampler how to get from noise to data
 * @param guidance how hard to follow the condition, and when
 * @param classes which class each sample is asked to be of
 * @param prompts of a text model's samples, used cyclically; empty for another model
 * @param seed the sampling seed
 * @param precision of large matrix products
 * @param codecHash of the codec that decodes latents; empty for a model of pixels
 */
public record SampleSettings(
        String weightsHash,
        String model,
        DiffusionProcess process,
        Sampler sampler,
        GuidanceStrength guidance,
        ClassPlan classes,
        List<String> prompts,
        long seed,
        Precision precision,
        String codecHash) {

    /** Copies the list. */
    public SampleSettings {
        prompts = List.copyOf(prompts);
    }

    // Far more pictures than are ever sampled, so that no two sampling seeds have an image seed in
    // common.
    private static final int SEED_SHIFT = 32;

    /**
     * Takes from a checkpoint what it decides, without prompts, in float32, and the codec that it
     * names.
     *
     * @param checkpoint the model
     * @param sampler how to get from noise to data
     * @param guidance how hard to follow the condition, and when
     * @param classes which class each sample is asked to be of
     * @param seed the sampling seed
     * @return the settings
     */
    public static SampleSettings of(
            CheckpointFolder checkpoint,
            Sampler sampler,
            GuidanceStrength guidance,
            ClassPlan classes,
            long seed) {
        return new SampleSettings(
                checkpoint.weightsHash(),
                checkpoint.config().modelDescription(),
                checkpoint.config().process(),
                sampler,
                guidance,
                classes,
                List.of(),
                seed,
                Precision.FLOAT32,
                checkpoint
                        .config()
                        .codec()
                        .filter(CodecReference::isFolder)
                        .map(CodecReference::hash)
                        .orElse(""));
    }

    /**
     * Returns the same for a text model.
     *
     * @param changed the prompts, used cyclically, at least one
     * @return a changed copy
     */
    public SampleSettings withPrompts(List<String> changed) {
        return new SampleSettings(
                weightsHash,
                model,
                process,
                sampler,
                guidance,
                classes,
                changed,
                seed,
                precision,
                codecHash);
    }

    /**
     * Returns the same in another precision.
     *
     * @param changed of large matrix products
     * @return a changed copy
     */
    public SampleSettings withPrecision(Precision changed) {
        return new SampleSettings(
                weightsHash,
                model,
                process,
                sampler,
                guidance,
                classes,
                prompts,
                seed,
                changed,
                codecHash);
    }

    /**
     * Returns the same decoded by another codec, for a checkpoint that names none.
     *
     * @param changed the codec's hash; empty for a model of pixels
     * @return a changed copy
     */
    public SampleSettings withCodec(String changed) {
        return new SampleSettings(
                weightsHash,
                model,
                process,
                sampler,
                guidance,
                classes,
                prompts,
                seed,
                precision,
                changed);
    }

    /**
     * Returns what a sample is asked for.
     *
     * @param index its number, from 0 on
     * @param label its class, or {@link io.zigma.eval.Samples#NO_CLASS}
     * @return a text in words, a class or nothing in particular
     */
    Prompt prompt(int index, int label) {
        return prompts.isEmpty()
                ? Prompt.ofLabel(label)
                : Prompt.ofText(prompts.get(index % prompts.size()));
    }

    /**
     * Returns the seed of one picture: sampling seed × 2³² + number. {@code zigma generate --seed}
     * with that seed and the picture's class makes it again.
     *
     * @param index the picture's number, from 0 on
     * @return its own seed
     */
    public long imageSeed(int index) {
        return (seed << SEED_SHIFT) + index;
    }

    /** Returns the settings by name, in a fixed order. */
    Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("weights_sha256", weightsHash);
        fields.put("model", model);
        fields.put("process", Processes.write(process).toString());
        // every number of the sampler, tolerances and noise included
        fields.put("sampler", sampler.toString());
        fields.put("guidance", guidance.toString());
        fields.put("class_weights", classes.weights().toString());
        if (!prompts.isEmpty()) {
            ContentHash texts = new ContentHash();
            prompts.forEach(texts::add);
            fields.put("prompts_sha256", texts.hex());
        }
        if (precision != Precision.FLOAT32) {
            fields.put("precision", precision.label());
        }
        if (!codecHash.isEmpty()) {
            fields.put("codec_sha256", codecHash);
        }
        fields.put("seed", Long.toString(seed));
        fields.put("zigma", Software.version());
        return fields;
    }

    /** Returns a name for a folder that no other settings get, 32 hexadecimal digits. */
    String key() {
        return fingerprint().substring(0, 32);
    }

    /** Returns the settings' fingerprint. */
    String fingerprint() {
        return new ContentHash()
                .add(
                        fields().entrySet().stream()
                                .map(field -> field.getKey() + "=" + field.getValue())
                                .collect(Collectors.joining("\n")))
                .hex();
    }
}
