package io.zigma.backbone.uvit;

import static io.zigma.backbone.ModelLimits.require;
import static io.zigma.backbone.ModelLimits.requireSize;

import com.google.gson.JsonObject;
import io.zigma.backbone.BackboneSpec;
import io.zigma.backbone.ImagePatches;
import io.zigma.backbone.ModelLimits;
import io.zigma.backbone.Signature;
import io.zigma.backbone.TrainedWith;
import io.zigma.base.SampleShape;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import io.zigma.nn.Patches;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that determines the shape of a U-ViT.
 *
 * @param signature inputs and outputs of the model. Positions are learned for as many tokens of a
 *     text as it names, 77 where it names none; shorter texts use the first of them
 * @param patchSize side p of a patch
 * @param hiddenSize channels D of a token, a multiple of the heads
 * @param depth number of blocks without the middle one; half of them, rounded down, are before it
 *     and as many behind it
 * @param heads of self-attention
 * @param mlpRatio how many times wider an MLP is inside, 4 as published
 * @param qkvBias whether queries, keys and values have a bias; published models have none
 * @param timeMlp whether the time's sinusoids pass a small network (official {@code
 *     mlp_time_embed}); in published models they are the token themselves
 * @param skip whether blocks behind the middle take in those before it, by concatenation and a
 *     projection; published models do
 * @param convolution whether a 3 × 3 convolution follows the head (official {@code conv})
 */
public record UViTConfig(
        Signature signature,
        int patchSize,
        int hiddenSize,
        int depth,
        int heads,
        double mlpRatio,
        boolean qkvBias,
        boolean timeMlp,
        boolean skip,
        boolean convolution)
        implements BackboneSpec {

    /**
     * Checks that the parts fit.
     *
     * @throws IllegalArgumentException with what to change
     */
    public UViTConfig {
        SampleShape sample = signature.sample();
        require(
                !sample.isVideo(),
                "U-ViT generates images, not videos; choose another backbone for %s",
                sample);
        ImagePatches.require(sample, patchSize);
        require(
                (long) (sample.height() / patchSize) * (sample.width() / patchSize)
                                + signature.conditioning().countedTokens()
                        <= ModelLimits.TOKENS,
                "image %d×%d in %d-pixel patches, with its condition, has more than %d tokens; use larger patches",
                sample.height(),
                sample.width(),
                patchSize,
                ModelLimits.TOKENS);
        requireSize("hidden size", hiddenSize, ModelLimits.SIZE);
        requireSize("depth", depth, ModelLimits.DEPTH);
        requireSize("number of heads", heads, ModelLimits.SIZE);
        require(
                hiddenSize % heads == 0,
                "the hidden size is %d, use a multiple of the %d heads",
                hiddenSize,
                heads);
        ModelLimits.requireMlpRatio(mlpRatio, hiddenSize);
    }

    @Override
    public UViTKind kind() {
        return UViTKind.INSTANCE;
    }

    @Override
    public UViT create(long seed) {
        return new UViT(this, seed);
    }

    @Override
    public UViTConfig with(Signature changed) {
        return new UViTConfig(
                changed,
                patchSize,
                hiddenSize,
                depth,
                heads,
                mlpRatio,
                qkvBias,
                timeMlp,
                skip,
                convolution);
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
        return patches(outputChannels());
    }

    private Patches patches(int channels) {
        return ImagePatches.of(sample(), patchSize, channels);
    }

    /**
     * Counts the tokens beside those of the image, which have positions of their own.
     *
     * @return 1 for the time, and 1 for a class or as many as the longest text has
     */
    public int conditionTokens() {
        return 1 + (conditioning().labelRows() > 0 ? 1 : 0) + conditioning().countedTokens();
    }

    @Override
    public int tokens() {
        return (sample().height() / patchSize) * (sample().width() / patchSize);
    }

    @Override
    public Map<String, String> settings() {
        return UViTKind.settings(this);
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("patch_size", patchSize);
        json.addProperty("hidden_size", hiddenSize);
        json.addProperty("depth", depth);
        json.addProperty("heads", heads);
        json.addProperty("mlp_ratio", mlpRatio);
        json.addProperty("qkv_bias", qkvBias);
        json.addProperty("time_mlp", timeMlp);
        json.addProperty("skip", skip);
        json.addProperty("convolution", convolution);
        return json;
    }

    static UViTConfig read(Fields json, Signature signature) throws CheckpointException {
        json.only(
                "patch_size",
                "hidden_size",
                "depth",
                "heads",
                "mlp_ratio",
                "qkv_bias",
                "time_mlp",
                "skip",
                "convolution");
        return new UViTConfig(
                signature,
                json.integer("patch_size"),
                json.integer("hidden_size"),
                json.integer("depth"),
                json.integer("heads"),
                json.number("mlp_ratio"),
                json.flag("qkv_bias"),
                json.flag("time_mlp"),
                json.flag("skip"),
                json.flag("convolution"));
    }

    @Override
    public Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "layers",
                "%s of %s channels and %s heads on patches of %s × %s"
                        .formatted(2 * (depth / 2) + 1, hiddenSize, heads, patchSize, patchSize));
        facts.put("long skips", skip ? "%s, by concatenation".formatted(depth / 2) : "none");
        facts.put("after the head", convolution ? "3 × 3 convolution" : "nothing");
        return facts;
    }

    /**
     * Discrete steps, those of Stable Diffusion's schedule, for texts and for the huge models,
     * which have no convolution at the end; continuous time for all others.
     */
    @Override
    public Optional<TrainedWith> trainedWith() {
        if (outputChannels() != sample().channels()) {
            return Optional.empty();
        }
        boolean discrete = conditioning().contextSize() > 0 || !convolution;
        return Optional.of(
                discrete
                        ? new TrainedWith(
                                "ddpm",
                                Map.of(
                                        "schedule", "scaled-linear",
                                        "variance", "fixed-small",
                                        "first-step", "1"))
                        : new TrainedWith(
                                "interpolant",
                                Map.of(
                                        "path", "vp",
                                        "prediction", "noise",
                                        "network-time", "score-sde")));
    }
}
