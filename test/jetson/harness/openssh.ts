import { findSshd } from '../../../scripts/setup/sshd.mjs';

/** Runs before each test file: makes `ssh`, `ssh-keygen` and the others be found where they had to be unpacked. */
Object.assign(process.env, findSshd()?.env);
