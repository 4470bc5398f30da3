package io.zigma.train.card;

import static io.zigma.train.card.CardText.known;
import static io.zigma.train.card.CardText.line;

import io.zigma.backbone.BackboneSpec;
import io.zigma.base.Amount;
import io.zigma.condition.Conditioning;
import io.zigma.train.config.Origin;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.data.LicenceFile;
import java.util.List;

/** The README.md of a checkpoint: only what the run itself knows. */
public final class ModelCard {

    /** Name of the sample picture beside the card. */
    public static final String PICTURE = "samples.png";

    private final TrainingConfig config;
    private final ImageDataset data;
    private final List<EarlierData> earlier;
    private final Provenance provenance;

    ModelCard(
            TrainingConfig config,
            ImageDataset data,
            List<EarlierData> earlier,
            Provenance provenance) {
        this.config = config;
        this.data = data;
        this.earlier = earlier;
        this.provenance = provenance;
    }

    String text(long step, boolean withSamples) {
        BackboneSpec model = config.model();
        StringBuilder card = new StringBuilder();
        line(card, "# ZigMa on %s", data.name());
        line(card, "");
        line(
                card,
                "A ZigMa diffusion model of %d×%d images with %s, %s, trained for %s of %s.",
                model.sample().width(),
                model.sample().height(),
                Amount.of(model.sample().channels(), "channel"),
                conditioned(),
                Amount.of(step, "step"),
                Amount.of(config.imagesPerStep(), "image"));
        if (withSamples) {
            line(card, "");
            line(card, "![Samples of the EMA weights](%s)", PICTURE);
        }
        line(card, "");
        line(card, "## Use");
        line(card, "");
        line(
                card,
                "    zigma generate --model THIS_FOLDER%s --output picture.png",
                config.textEncoder().isPresent() ? " --prompt \"WORDS\"" : "");
        line(card, "");
        line(card, "Weights: the exponential moving average, in `model.safetensors`.");
        if (model.conditioning().classes() > 0) {
            line(card, "");
            line(card, "Classes: %s.", String.join(", ", data.labels()));
        }
        line(card, "");
        line(card, "## Data");
        line(card, "");
        line(card, "- name: %s", data.name());
        line(card, "- images: %d", data.size());
        known(card, "source", provenance.dataSource());
        card.append(LicenceFile.fact(provenance.dataLicence()));
        line(card, "- SHA-256: `%s`", data.contentHash());
        for (EarlierData before : earlier) {
            line(
                    card,
                    "- up to step %d other pictures: %s, %d of them, SHA-256 `%s`",
                    before.untilStep(),
                    before.name(),
                    before.images(),
                    before.hash());
        }
        line(card, "");
        line(card, "## Training");
        line(card, "");
        line(
                card,
                "- steps: %d of %d, batch size %d%s",
                step,
                config.steps(),
                config.batchSize(),
                config.accumulate() == 1
                        ? ""
                        : ", gradients of %s batches a step".formatted(config.accumulate()));
        line(
                card,
                "- process: %s; label dropout %s",
                config.objective().process().description(),
                config.objective().labelDropout());
        config.textEncoder()
                .ifPresent(
                        encoder ->
                                line(
                                        card,
                                        "- text encoder: %s, %s tokens, SHA-256 `%s`",
                                        encoder.name(),
                                        model.conditioning().contextTokens(),
                                        encoder.hash()));
        line(card, "- EMA of the weights: decay %s", config.optimization().ema().decay());
        line(card, "- seed: %d", config.seed());
        config.objective()
                .distillation()
                .ifPresent(
                        distillation ->
                                line(
                                        card,
                                        "- distilled: one of its %s goes as far as %s of the teacher's, which samples by %s with guidance %s",
                                        Amount.of(distillation.steps(), "step"),
                                        distillation.teacher().steps() / distillation.steps(),
                                        distillation.teacher().sampler(),
                                        distillation.teacher().guidance()));
        Origin origin = config.origin();
        if (origin.isCheckpoint()) {
            line(
                    card,
                    "- started from: %s, weights `%s`",
                    origin.checkpoint(),
                    origin.weightsHash());
        }
        if (!origin.frozen().isEmpty()) {
            line(card, "- not trained: %s", String.join(", ", origin.frozen()));
        }
        if (!provenance.command().isEmpty()) {
            line(card, "");
            provenance.command().lines().forEach(command -> line(card, "    %s", command));
        }
        return card.append(LicenceFile.section(provenance.dataLicence())).toString();
    }

    private String conditioned() {
        Conditioning conditioning = config.model().conditioning();
        if (config.textEncoder().isPresent()) {
            return "conditioned on text";
        }
        return conditioning.classes() > 0
                ? "conditioned on " + conditioning.description()
                : "unconditional";
    }
}
