// Pages look as they did when somebody last looked at them.
// usage: node run.mjs golden.test.mjs (PAGE GOLDEN.png WIDTH SCHEME MEDIA NEW.png)...
// A golden image has half of the page's width, and is compared in blocks of 4 of its pixels: how letters are smoothed
// does not count.
import assert from 'node:assert/strict';
import {readFile, writeFile} from 'node:fs/promises';
import {open} from './page.mjs';

const SCALE = 2;
const BLOCK = 4;
const MOST_HEIGHT = 2000; // what is below looks like what is above
const DIFFERS = 32; // of 255, in one colour of a block
const MOST_BLOCKS = 0.0005; // of all: a verdict in the wrong colour is twice as many
const MOST_TALLER = 0.02;

/** A PNG with a width and a height `by` times smaller. */
async function shrunk(blank, image, by) {
  const base64 = await blank.evaluate(async ({source, factor}) => {
    const picture = new Image();
    picture.src = `data:image/png;base64,${source}`;
    await picture.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.floor(picture.width / factor);
    canvas.height = Math.floor(picture.height / factor);
    const context = canvas.getContext('2d');
    context.imageSmoothingQuality = 'high';
    context.drawImage(picture, 0, 0, canvas.width * factor, canvas.height * factor, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL('image/png').split(',')[1];
  }, {source: image.toString('base64'), factor: by});
  return Buffer.from(base64, 'base64');
}

/** The shares of pixels that differ, and of the height. */
async function difference(blank, first, second) {
  return blank.evaluate(async ({images, differs}) => {
    const [a, b] = await Promise.all(images.map(async (source) => {
      const picture = new Image();
      picture.src = `data:image/png;base64,${source}`;
      await picture.decode();
      const canvas = document.createElement('canvas');
      canvas.width = picture.width;
      canvas.height = picture.height;
      canvas.getContext('2d').drawImage(picture, 0, 0);
      return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    }));
    const height = Math.min(a.height, b.height);
    let different = 0;
    for (let i = 0; i < a.width * height; ++i) {
      if ([0, 1, 2].some((colour) => Math.abs(a.data[4 * i + colour] - b.data[4 * i + colour]) > differs)) ++different;
    }
    return {width: a.width === b.width, blocks: different / (a.width * height), height: Math.abs(a.height - b.height) / a.height};
  }, {images: [first.toString('base64'), second.toString('base64')], differs: DIFFERS});
}

async function look(browser, blank, file, golden, width, scheme, media, taken) {
  const {page, problems, close} = await open(browser, file, {width, scheme, before: (fresh) => fresh.clock.setFixedTime(new Date('2026-03-01T00:00:00Z'))});
  await page.emulateMedia({media, colorScheme: scheme, reducedMotion: 'reduce'});
  await page.waitForTimeout(500);
  const height = Math.min(MOST_HEIGHT, await page.evaluate(() => document.documentElement.scrollHeight));
  const image = await page.screenshot({path: taken, fullPage: true, clip: {x: 0, y: 0, width, height}});
  await close();
  assert.deepEqual(problems, []);
  if (process.env.ASSAY_UPDATE_GOLDEN) return writeFile(golden, await shrunk(blank, image, SCALE));
  const found = await difference(blank, await shrunk(blank, await readFile(golden), BLOCK), await shrunk(blank, await shrunk(blank, image, SCALE), BLOCK));
  assert.ok(found.width && found.height <= MOST_TALLER && found.blocks <= MOST_BLOCKS,
            `${taken} is not as ${golden}: ${JSON.stringify(found)}; look at both, and run the test with ASSAY_UPDATE_GOLDEN=1 if the new one is right`);
}

export default async function (browser, ...looks) {
  const blank = await browser.newPage();
  for (let i = 0; i < looks.length; i += 6) {
    const [file, golden, width, scheme, media, taken] = looks.slice(i, i + 6);
    await look(browser, blank, file, golden, Number(width), scheme, media, taken);
  }
  await blank.close();
}
