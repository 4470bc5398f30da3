package io.zigma.backbone.zigma;

import static io.zigma.backbone.ModelLimits.require;
import static io.zigma.backbone.ModelLimits.requireSize;

import com.google.gson.JsonObject;
import io.zigma.backbone.BackboneSpec;
import io.zigma.backbone.ModelLimits;
import io.zigma.backbone.Signature;
import io.zigma.base.SampleShape;
import io.zigma.condition.Conditioning;
import io.zigma.nn.CrossAttention;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.MambaShape;
import io.zigma.nn.MixerSpec;
import io.zigma.nn.NormKind;
import io.zigma.nn.Patches;
import io.zigma.scan.Factorised;
import io.zigma.scan.Grid;
import io.zigma.scan.LayerScan;
import io.zigma.scan.ScanPlan;
import io.zigma.scan.ScanScheme;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that determines the shape of a ZigMa model.
 *
 * @param signature inputs and outputs of the model
 * @param patchSize side p of a patch
 * @param hiddenSize channels D of a token
 * @param depth number of blocks
 * @param scan the scan paths that the layers cycle through
 * @param mixer how a layer mixes its tokens
 * @param positions the table of token positions
 * @param temporalPositions whether a video's frames have a learned vector each besides (official
 *     {@code tpe})
 * @param norm how the residual stream is normalised
 * @param normEpsilon added to its variance, 1e-5 as published
 * @param dropPath stochastic depth's rate at the last layer (Huang et al. 2016), 0 for none
 * @param textHeads heads of 64 channels with which the layers of a text-conditional model attend to
 *     the text, 8 as published whatever the model's size; others have no influence without text
 */
public record ZigMaConfig(
        Signature signature,
        int patchSize,
        int hiddenSize,
        int depth,
        ScanScheme scan,
        MixerSpec mixer,
        Positions positions,
        boolean temporalPositions,
        NormKind norm,
        double normEpsilon,
        double dropPath,
        int textHeads)
        implements BackboneSpec {

    /**
     * Checks that the parts fit.
     *
     * @throws IllegalArgumentException with what to change
     */
    public ZigMaConfig {
        SampleShape sample = signature.sample();
        requireSize("image height", sample.height(), ModelLimits.IMAGE_SIDE);
        requireSize("image width", sample.width(), ModelLimits.IMAGE_SIDE);
        requireSize("number of frames", sample.frameCount(), ModelLimits.FRAMES);
        requireSize("number of channels", sample.channels(), ModelLimits.CHANNELS);
        requireSize("patch size", patchSize, ModelLimits.PATCH);
        require(
                sample.height() % patchSize == 0 && sample.width() % patchSize == 0,
                "image %d×%d is not a whole number of %d-pixel patches; change the image size or the patch size",
                sample.height(),
                sample.width(),
                patchSize);
        require(
                (long) (sample.height() / patchSize)
                                * (sample.width() / patchSize)
                                * sample.frameCount()
                        <= ModelLimits.TOKENS,
                "image %d×%d in %d-pixel patches has more than %d tokens; use larger patches",
                sample.height(),
                sample.width(),
                patchSize,
                ModelLimits.TOKENS);
        requireSize("hidden size", hiddenSize, ModelLimits.SIZE);
        requireSize("depth", depth, ModelLimits.DEPTH);
        mixer.mamba().ifPresent(mamba -> requireSizes(mamba, hiddenSize));
        mixer.check(
                hiddenSize,
                new Grid(
                        sample.frameCount(),
                        sample.height() / patchSize,
                        sample.width() / patchSize));
        require(
                normEpsilon > 0 && Double.isFinite(normEpsilon),
                "the norm's epsilon is %s, use a small positive number such as 1e-5",
                normEpsilon);
        require(
                dropPath >= 0 && dropPath < 1,
                "the drop-path rate is %s, use 0 (none) up to but not 1",
                dropPath);
        require(
                positions != Positions.SINE_COSINE || hiddenSize % 4 == 0,
                "sine-cosine positions need a hidden size that is a multiple of 4, not %d",
                hiddenSize);
        requireSize("number of text heads", textHeads, ModelLimits.DEPTH);
        boolean video = sample.isVideo();
        require(
                video || !temporalPositions,
                "temporal positions are for the frames of a video, an image has none; leave them out");
        require(
                video || !(scan instanceof Factorised),
                "scan %s runs through the frames of a video; choose another for images",
                scan.spelling());
    }

    private static void requireSizes(MambaConfig mixer, int hiddenSize) {
        requireSize("state size", mixer.stateSize(), ModelLimits.SIZE);
        requireSize("width of the convolution", mixer.convolutionWidth(), ModelLimits.SIZE);
        requireSize("expansion", mixer.expand(), ModelLimits.DEPTH);
        requireSize("rank of the time projection", mixer.dtRank(hiddenSize), ModelLimits.SIZE);
    }

    /**
     * Describes a model that attends to texts, if it does, with as many heads as published.
     *
     * @param signature inputs and outputs of the model
     * @param patchSize side p of a patch
     * @param hiddenSize channels D of a token
     * @param depth number of blocks
     * @param scan the scan paths that the layers cycle through
     * @param mixer how a layer mixes its tokens
     * @param positions the table of token positions
     * @param temporalPositions whether a video's frames have a learned vector each besides
     * @param norm how the residual stream is normalised
     * @param normEpsilon added to its variance, 1e-5 as published
     * @param dropPath stochastic depth's rate at the last layer, 0 for none
     * @throws IllegalArgumentException with what to change
     */
    public ZigMaConfig(
            Signature signature,
            int patchSize,
            int hiddenSize,
            int depth,
            ScanScheme scan,
            MixerSpec mixer,
            Positions positions,
            boolean temporalPositions,
            NormKind norm,
            double normEpsilon,
            double dropPath) {
        this(
                signature,
                patchSize,
                hiddenSize,
                depth,
                scan,
                mixer,
                positions,
                temporalPositions,
                norm,
                normEpsilon,
                dropPath,
                CrossAttention.HEADS);
    }

    /**
     * Describes a model whose output has the samples' channels and whose times are 0 … 1.
     *
     * @param sample the image or video that the model generates
     * @param patchSize side p of a patch
     * @param hiddenSize channels D of a token
     * @param depth number of blocks
     * @param scan the scan paths that the layers cycle through
     * @param mixer how a layer mixes its tokens
     * @param positions the table of token positions
     * @param temporalPositions whether a video's frames have a learned vector each besides
     * @param norm how the residual stream is normalised
     * @param normEpsilon added to its variance, 1e-5 as published
     * @param dropPath stochastic depth's rate at the last layer, 0 for none
     * @param conditioning what the model is conditioned on
     * @throws IllegalArgumentException with what to change
     */
    public ZigMaConfig(
            SampleShape sample,
            int patchSize,
            int hiddenSize,
            int depth,
            ScanScheme scan,
            MixerSpec mixer,
            Positions positions,
            boolean temporalPositions,
            NormKind norm,
            double normEpsilon,
            double dropPath,
            Conditioning conditioning) {
        this(
                Signature.of(sample, conditioning),
                patchSize,
                hiddenSize,
                depth,
                scan,
                mixer,
                positions,
                temporalPositions,
                norm,
                normEpsilon,
                dropPath);
    }

    /**
     * Describes a model of images.
     *
     * @param imageHeight pixels (or latent rows) from top to bottom
     * @param imageWidth pixels (or latent columns) from left to right
     * @param channels image channels C
     * @param patchSize side p of a patch
     * @param hiddenSize channels D of a token
     * @param depth number of blocks
     * @param scan the scan paths that the layers cycle through
     * @param mixer how a layer mixes its tokens
     * @param positions the table of token positions
     * @param norm how the residual stream is normalised
     * @param normEpsilon added to its variance, 1e-5 as published
     * @param dropPath stochastic depth's rate at the last layer, 0 for none
     * @param conditioning what the model is conditioned on
     * @throws IllegalArgumentException with what to change
     */
    public ZigMaConfig(
            int imageHeight,
            int imageWidth,
            int channels,
            int patchSize,
            int hiddenSize,
            int depth,
            ScanScheme scan,
            MixerSpec mixer,
            Positions positions,
            NormKind norm,
            double normEpsilon,
            double dropPath,
            Conditioning conditioning) {
        this(
                SampleShape.image(channels, imageHeight, imageWidth),
                patchSize,
                hiddenSize,
                depth,
                scan,
                mixer,
                positions,
                false,
                norm,
                normEpsilon,
                dropPath,
                conditioning);
    }

    @Override
    public ZigMaKind kind() {
        return ZigMaKind.INSTANCE;
    }

    @Override
    public ZigMa create(long seed) {
        return new ZigMa(this, seed);
    }

    @Override
    public ZigMaConfig with(Signature changed) {
        return new ZigMaConfig(
                changed,
                patchSize,
                hiddenSize,
                depth,
                scan,
                mixer,
                positions,
                temporalPositions,
                norm,
                normEpsilon,
                dropPath,
                textHeads);
    }

    @Override
    public Map<String, String> settings() {
        return ZigMaKind.settings(this);
    }

    @Override
    public JsonObject json() {
        return ZigMaJson.write(this);
    }

    @Override
    public Map<String, String> facts() {
        return ZigMaFacts.of(this);
    }

    @Override
    public String complexity() {
        return ZigMaFacts.complexity(this);
    }

    @Override
    public JsonObject complexityJson() {
        return ZigMaFacts.complexityJson(this);
    }

    @Override
    public int tokens() {
        return grid().tokens();
    }

    @Override
    public Optional<MambaShape> mamba() {
        return mixer.mamba().map(config -> new MambaShape(hiddenSize, config));
    }

    @Override
    public boolean routesTokens() {
        return mixer.mamba().isPresent() && depth > 2;
    }

    /** Returns how many layers at either end see all tokens when some are routed past. */
    int routedFrom() {
        return depth >= 6 ? 2 : 1;
    }

    @Override
    public Optional<ScanPlan> scanPlan() {
        List<LayerScan> layers =
                scan.plan(grid(), depth).stream()
                        .flatMap(layer -> mixer.scan(grid(), layer).stream())
                        .toList();
        return layers.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new ScanPlan(
                                mixer.followsScan() ? scan.spelling() : mixer.name(),
                                grid(),
                                layers));
    }

    /**
     * Returns how an image or a video is cut.
     *
     * @return its patches
     */
    public Patches patches() {
        Grid grid = grid();
        return new Patches(
                grid.frames(), sample().channels(), grid.height(), grid.width(), patchSize);
    }

    /**
     * Returns how the output is cut.
     *
     * @return its patches, which may have more channels than the samples'
     */
    public Patches outputPatches() {
        Grid grid = grid();
        return new Patches(grid.frames(), outputChannels(), grid.height(), grid.width(), patchSize);
    }

    /**
     * Returns the grid of tokens that is scanned.
     *
     * @return a grid of as many frames as a sample has
     */
    public Grid grid() {
        SampleShape sample = sample();
        return new Grid(
                sample.frameCount(), sample.height() / patchSize, sample.width() / patchSize);
    }

    /**
     * Returns the same with another conditioning.
     *
     * @param changed what the model is conditioned on
     * @return a changed copy
     */
    public ZigMaConfig withConditioning(Conditioning changed) {
        return with(signature.withConditioning(changed));
    }

    /**
     * Returns the same with a learned vector for each frame of a video.
     *
     * @return a changed copy
     * @throws IllegalArgumentException if the model is one of images
     */
    public ZigMaConfig withTemporalPositions() {
        return new ZigMaConfig(
                signature,
                patchSize,
                hiddenSize,
                depth,
                scan,
                mixer,
                positions,
                true,
                norm,
                normEpsilon,
                dropPath,
                textHeads);
    }
}
