package io.zigma.train.autoencoder;

import static io.zigma.train.card.CardText.known;
import static io.zigma.train.card.CardText.line;

import io.zigma.base.Amount;
import io.zigma.codec.DeepAutoencoderConfig;
import io.zigma.train.card.Provenance;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.data.LicenceFile;

/**
 * The README.md of a codec: only what its training itself knows.
 *
 * @param config the autoencoder's shape
 * @param settings how it was trained
 * @param data on what
 * @param provenance what is not known otherwise
 */
record CodecCard(
        DeepAutoencoderConfig config,
        AutoencoderSettings settings,
        ImageDataset data,
        Provenance provenance) {

    /** The file beside the weights. */
    static final String FILE = "README.md";

    /** Returns the card after some steps, in Markdown. */
    String text(long step) {
        StringBuilder card = new StringBuilder();
        line(card, "# A codec of %s", data.name());
        line(card, "");
        line(
                card,
                "An autoencoder that makes latents of %s of pictures, and pictures of latents: %d × %d pixels become"
                        + " one place of %s.",
                Amount.of(config.pixelChannels(), "channel"),
                config.factor(),
                config.factor(),
                Amount.of(config.latentChannels(), "channel"));
        line(card, "");
        line(card, "## Use");
        line(card, "");
        line(card, "    zigma encode --data PICTURES --codec THIS_FOLDER --out SHARDS");
        line(card, "    zigma evaluate --codec THIS_FOLDER --data PICTURES --image-size SIDE");
        line(card, "");
        line(card, "## Data");
        line(card, "");
        line(card, "- name: %s", data.name());
        line(card, "- pictures: %d", data.size());
        known(card, "source", provenance.dataSource());
        card.append(LicenceFile.fact(provenance.dataLicence()));
        line(card, "- SHA-256: `%s`", data.contentHash());
        line(card, "");
        line(card, "## Training");
        line(card, "");
        line(
                card,
                "- %d of %d steps of %d crops of %d × %d pixels, the learning rate %s at its peak",
                step,
                settings.steps(),
                settings.batchSize(),
                settings.crop(),
                settings.crop(),
                settings.rate());
        line(card, "- noise on the latents: deviation %s", settings.latentNoise());
        line(card, "- mirrored: %s", settings.flip() ? "every other crop" : "none");
        line(card, "- seed: %d", settings.seed());
        if (!provenance.command().isEmpty()) {
            line(card, "");
            provenance.command().lines().forEach(command -> line(card, "    %s", command));
        }
        return card.append(LicenceFile.section(provenance.dataLicence())).toString();
    }
}
