package io.zigma.pipeline;

/** The names of a recipe's fields that are written in one place and read in another. */
final class RecipeFields {

    static final String WEIGHTS = "weights_sha256";
    static final String CLASS = "class";
    static final String PROMPT = "prompt";
    static final String NEGATIVE_PROMPT = "negative_prompt";
    static final String TOKENS = "text_sha256";
    static final String SEED = "seed";
    static final String COUNT = "count";
    static final String SAMPLER = "sampler";
    static final String STEPS = "steps";
    static final String SAMPLER_OPTIONS = "sampler_options";
    static final String GUIDANCE = "guidance_scale";
    static final String GUIDANCE_INTERVAL = "guidance_interval";
    static final String GUIDANCE_CHANNELS = "guidance_channels";
    static final String PRECISION = "precision";
    static final String GUIDE = "guide_sha256";
    static final String CLASSIFIER = "classifier_sha256";
    static final String CLASSIFIER_SCALE = "classifier_scale";
    static final String CLASSIFIER_CLASS = "classifier_class";

    static final String VARIATION_SEED = "variation_seed";
    static final String VARIATION_STRENGTH = "variation_strength";

    /** The seed that the noise goes to, and the fraction of the way, or those of several. */
    static final String OTHER_SEED = "interpolation_seed";

    static final String FRACTION = "interpolation";

    /** Before the facts of the prompt that an interpolation goes to. */
    static final String TOWARDS = "interpolation_";

    static final String SOURCE = "source_sha256";
    static final String STRENGTH = "strength";
    static final String MASK = "mask_sha256";
    static final String MARGINS = "outpaint";
    static final String INVERTED = "inverted";

    /** By how many frames a video goes on, and how many each window has of the one before. */
    static final String EXTENDED = "extend";

    static final String OVERLAP = "overlap";

    /** The clip that a video goes on from, and which of its frames were taken. */
    static final String CLIP = "clip_sha256";

    static final String CLIP_FPS = "clip_fps";
    static final String CLIP_STRIDE = "clip_stride";

    /** Before the facts of the prompt that a source picture shows. */
    static final String SHOWN = "source_";

    /** Where a field differs among the pictures of a file. */
    static final String IN_TURN = "in turn";

    private RecipeFields() {}
}
