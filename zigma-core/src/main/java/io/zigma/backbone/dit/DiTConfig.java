package io.zigma.backbone.dit;

import static io.zigma.backbone.ModelLimits.require;
import static io.zigma.backbone.ModelLimits.requireSize;

import com.google.gson.JsonObject;
import io.zigma.backbone.BackboneSpec;
import io.zigma.backbone.ImagePatches;
import io.zigma.backbone.ModelLimits;
import io.zigma.backbone.Signature;
import io.zigma.base.SampleShape;
import io.zigma.base.Spelling;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import io.zigma.nn.Patches;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that determines the shape of a DiT.
 *
 * @param signature inputs and outputs of the model; with a learned variance its output has twice
 *     the samples' channels
 * @param patchSize side p of a patch
 * @param hiddenSize channels D of a token, a multiple of 4 and of the heads
 * @param depth number of blocks
 * @param heads of self-attention
 * @param mlpRatio how many times wider an MLP is inside, 4 as published
 * @param block how the blocks are conditioned
 * @param unusedVariance whether the head has channels of a variance that the model leaves out, as
 *     published SiT checkpoints have them (official {@code learn_sigma})
 */
public record DiTConfig(
        Signature signature,
        int patchSize,
        int hiddenSize,
        int depth,
        int heads,
        double mlpRatio,
        BlockKind block,
        boolean unusedVariance)
        implements BackboneSpec {

    /**
     * Checks that the parts fit.
     *
     * @throws IllegalArgumentException with what to change
     */
    public DiTConfig {
        SampleShape sample = signature.sample();
        require(
                !sample.isVideo(),
                "DiT generates images, not videos; choose another backbone for %s",
                sample);
        require(
                signature.conditioning().contextSize() == 0 || block == BlockKind.CROSS_ATTENTION,
                "DiT attends to texts in %s blocks only, not in %s; choose those, or another backbone",
                Spelling.of(BlockKind.CROSS_ATTENTION),
                Spelling.of(block));
        ImagePatches.require(sample, patchSize);
        require(
                (long) (sample.height() / patchSize) * (sample.width() / patchSize)
                        <= ModelLimits.TOKENS,
                "image %d×%d in %d-pixel patches has more than %d tokens; use larger patches",
                sample.height(),
                sample.width(),
                patchSize,
                ModelLimits.TOKENS);
        requireSize("hidden size", hiddenSize, ModelLimits.SIZE);
        requireSize("depth", depth, ModelLimits.DEPTH);
        requireSize("number of heads", heads, ModelLimits.SIZE);
        require(
                hiddenSize % 4 == 0 && hiddenSize % heads == 0,
                "the hidden size is %d, use a multiple of 4 and of the %d heads",
                hiddenSize,
                heads);
        ModelLimits.requireMlpRatio(mlpRatio, hiddenSize);
        require(
                !unusedVariance || signature.outputChannels() == sample.channels(),
                "a variance is either part of the output or left out; use %d output channels",
                sample.channels());
    }

    @Override
    public DiTKind kind() {
        return DiTKind.INSTANCE;
    }

    @Override
    public DiT create(long seed) {
        return new DiT(this, seed);
    }

    @Override
    public DiTConfig with(Signature changed) {
        return new DiTConfig(
                changed, patchSize, hiddenSize, depth, heads, mlpRatio, block, unusedVariance);
    }

    /**
     * Returns the width of an MLP inside.
     *
     * @return mlpRatio · hiddenSize, rounded down
     */
    public int innerSize() {
        return (int) (mlpRatio * hiddenSize);
    }

    /**
     * Returns how an image is cut.
     *
     * @return its patches
     */
    public Patches patches() {
        return patches(sample().channels());
    }

    /**
     * Returns how the head's output is cut.
     *
     * @return its patches, of the samples' channels or twice as many
     */
    public Patches outputPatches() {
        return patches(unusedVariance ? 2 * sample().channels() : outputChannels());
    }

    private Patches patches(int channels) {
        return ImagePatches.of(sample(), patchSize, channels);
    }

    @Override
    public int tokens() {
        return (sample().height() / patchSize) * (sample().width() / patchSize);
    }

    @Override
    public Map<String, String> settings() {
        return DiTKind.settings(this);
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("patch_size", patchSize);
        json.addProperty("hidden_size", hiddenSize);
        json.addProperty("depth", depth);
        json.addProperty("heads", heads);
        json.addProperty("mlp_ratio", mlpRatio);
        json.addProperty("block", Spelling.of(block));
        json.addProperty("unused_variance", unusedVariance);
        return json;
    }

    static DiTConfig read(Fields json, Signature signature) throws CheckpointException {
        json.only(
                "patch_size",
                "hidden_size",
                "depth",
                "heads",
                "mlp_ratio",
                "block",
                "unused_variance");
        return new DiTConfig(
                signature,
                json.integer("patch_size"),
                json.integer("hidden_size"),
                json.integer("depth"),
                json.integer("heads"),
                json.number("mlp_ratio"),
                json.choice("block", BlockKind.class),
                json.flag("unused_variance"));
    }

    @Override
    public Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "layers",
                "%s of %s channels and %s heads on patches of %s × %s"
                        .formatted(depth, hiddenSize, heads, patchSize, patchSize));
        facts.put("blocks", Spelling.of(block));
        return facts;
    }

    @Override
    public Optional<String> alternative() {
        return unusedVariance
                ? Optional.of("it was taken for a SiT; a DiT has the same tensors: --process ddpm")
                : Optional.empty();
    }
}
