package io.zigma.diffusion;

import io.zigma.base.Named;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
import java.util.Arrays;
import java.util.List;

/** The entries of {@link Ddpm} in the registry; they differ in their defaults. */
final class DdpmKind implements ProcessKind {

    /** DiT's and ADM's: linear β, the noise, a variance between two bounds. */
    static final ProcessKind DDPM =
            new DdpmKind(
                    "ddpm",
                    "a thousand discrete steps, as in DDPM, ADM and DiT",
                    BetaForm.LINEAR,
                    DdpmLoss.MSE);

    /** Nichol and Dhariwal 2021: the cosine schedule and the hybrid loss. */
    static final ProcessKind IDDPM =
            new DdpmKind(
                    "iddpm",
                    "the same with the cosine schedule and the hybrid loss (written as ddpm)",
                    BetaForm.COSINE,
                    DdpmLoss.RESCALED_MSE);

    // so that files need not contain what follows from form and steps
    private static final double BY_FORM = 0;

    private static final Setting STEPS =
            Setting.whole("steps", "how many steps, T", 1000, 2, 100_000);
    private static final Setting FIRST =
            Setting.number(
                    "beta-first", "the first beta; 0 for the default of the form", BY_FORM, 0, 1);
    private static final Setting LAST =
            Setting.number(
                    "beta-last", "the last beta; 0 for the default of the form", BY_FORM, 0, 1);
    private static final Setting MEAN =
            Setting.choice(
                    "mean",
                    "what the network predicts",
                    DdpmMean.EPSILON.label(),
                    labels(DdpmMean.values()));
    private static final Setting VARIANCE =
            Setting.choice(
                    "variance",
                    "the variance of a reverse step",
                    DdpmVariance.LEARNED_RANGE.label(),
                    labels(DdpmVariance.values()));
    private static final Setting RESCALE =
            Setting.flag(
                    "rescale-times", "give the network times as if there were 1000 steps", false);

    private static final Setting FIRST_STEP =
            Setting.whole(
                    "first-step", "what the network calls the first step; 1 in U-ViT", 0, 0, 1);

    private final String name;
    private final String purpose;
    private final Setting schedule;
    private final Setting loss;

    private DdpmKind(String name, String purpose, BetaForm schedule, DdpmLoss loss) {
        this.name = name;
        this.purpose = purpose;
        this.schedule =
                Setting.choice(
                        "schedule",
                        "form of beta over the steps",
                        schedule.label(),
                        labels(BetaForm.values()));
        this.loss =
                Setting.choice(
                        "loss", "what training minimises", loss.label(), labels(DdpmLoss.values()));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String purpose() {
        return purpose;
    }

    @Override
    public List<Setting> settings() {
        return List.of(schedule, STEPS, FIRST, LAST, MEAN, VARIANCE, loss, RESCALE, FIRST_STEP);
    }

    @Override
    public DiffusionProcess create(Settings values) {
        BetaSchedule standard =
                BetaSchedule.of(BetaForm.parse(values.text(schedule)), values.whole(STEPS));
        double first = values.number(FIRST);
        double last = values.number(LAST);
        return new Ddpm(
                new BetaSchedule(
                        standard.form(),
                        standard.steps(),
                        first == BY_FORM ? standard.first() : first,
                        last == BY_FORM ? standard.last() : last),
                DdpmMean.parse(values.text(MEAN)),
                DdpmVariance.parse(values.text(VARIANCE)),
                DdpmLoss.parse(values.text(loss)),
                values.flag(RESCALE),
                values.whole(FIRST_STEP));
    }

    private static List<String> labels(Named[] choices) {
        return Arrays.stream(choices).map(Named::label).toList();
    }
}
