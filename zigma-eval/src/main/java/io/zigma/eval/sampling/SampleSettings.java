package io.zigma.eval.sampling;

import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.diffusion.Processes;
import io.zigma.eval.ClassPlan;
import io.zigma.io.ContentHash;
import io.zigma.io.Software;
import io.zigma.sampler.Sampler;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * All that decides what the samples of an evaluation look like, but for how many there are.
 *
 * @param weightsHash SHA-256 of the model's weights
 * @param model its description, for what the weights do not tell of it, such as the scan
 * @param process what lies between noise and data, and what the model says about it
 * @param sampler how to get from noise to data
 * @param guidance how hard to follow the condition, and when
 * @param classes which class each sample is asked to be of
 * @param seed the sampling seed
 */
public record SampleSettings(
        String weightsHash,
        String model,
        DiffusionProcess process,
        Sampler sampler,
        GuidanceStrength guidance,
        ClassPlan classes,
        long seed) {

    // Far more pictures than anybody samples, so that no two sampling seeds share an image seed.
    private static final int SEED_SHIFT = 32;

    /**
     * Takes from a checkpoint what it decides.
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
                seed);
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
